/** Standard Webhooks: how a delivery is signed. */
import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** A new signing secret. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

export interface SignedMessage {
  /** The same for every delivery of the same message. */
  id: string;
  /** Operational instant of this very try: receivers refuse one that is five minutes off. */
  at: Date;
  body: string;
}

/** The three headers of the standard; with several secrets, a signature by each. */
export function signWebhook(
  { id, at, body }: SignedMessage,
  secrets: readonly string[],
): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
}
