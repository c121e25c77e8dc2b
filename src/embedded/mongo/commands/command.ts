import type { OperationalClock } from "../../../lib/clock.ts";
import type { Cursors } from "../cursors.ts";
import type { Store } from "../store.ts";
import type { RawDoc } from "../values.ts";
import type { Arguments } from "./arguments.ts";

/** A command as it arrived, its fields checked by name. */
export interface Request {
  readonly name: string;
  readonly database: string;
  readonly args: Arguments;
  readonly connectionId: number;
}

/** What commands work with. */
export interface CommandContext {
  readonly store: Store;
  readonly cursors: Cursors;
  readonly clock: OperationalClock;
}

/** An answer: fields, or a batch of documents in the bytes in which they are stored. */
export type Answer =
  | { readonly kind: "fields"; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: "document"; readonly document: DocumentAnswer }
  | { readonly kind: "batch"; readonly batch: CursorBatch };

/** Fields, and one stored document in the field `value`. */
export interface DocumentAnswer {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly value: RawDoc;
}

export interface CursorBatch {
  readonly name: "firstBatch" | "nextBatch";
  readonly cursorId: bigint;
  readonly namespace: string;
  readonly documents: readonly RawDoc[];
}

/** One command of the dispatch table. */
export interface Command {
  readonly known: readonly string[];
  readonly refused?: readonly string[];
  /** Whether its answer waits until the disk has what it rests on. */
  readonly writes: boolean;
  run(request: Request, context: CommandContext): Answer;
}

/** An answer made of plain fields. */
export function fields(values: Readonly<Record<string, unknown>>): Answer {
  return { kind: "fields", fields: values };
}
