import { createHash, timingSafeEqual } from "node:crypto";
import { CODES, type Refusal, refusal } from "./codes.ts";
import { badValue } from "./fields.ts";
import type { Payup } from "./operation.ts";

/** Why a request's signature does not hold; null: it does. */
export function refuseSignature(
  { state }: Pick<Payup, "state">,
  signature: string,
  fields: readonly string[],
): Refusal | null {
  if (isSignedBy(signature, fields)) return null;
  const { badSignature } = state.switches.current().payup;
  return badSignature === CODES.badValue ? badValue("signature") : refusal(badSignature);
}

/** Whether this is the lower-case SHA-256 of the fields, each trimmed, joined by a bar. */
function isSignedBy(signature: string, fields: readonly string[]): boolean {
  const text = fields.map((field) => field.trim()).join("|");
  const right = Buffer.from(createHash("sha256").update(text, "utf8").digest("hex"));
  const given = Buffer.from(signature);
  return given.length === right.length && timingSafeEqual(given, right);
}
