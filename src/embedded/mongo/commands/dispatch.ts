import { MongoError, notSupported } from "../errors.ts";
import { type Doc, type Value, isDoc, isNumber, show, toNumber } from "../values.ts";
import { Arguments, COMMON_FIELDS } from "./arguments.ts";
import { CATALOG_COMMANDS } from "./catalog.ts";
import type { Answer, Command, CommandContext } from "./command.ts";
import { EXPLAIN_COMMANDS } from "./explain.ts";
import { FIND_AND_MODIFY_COMMANDS } from "./find-and-modify.ts";
import { HANDSHAKE_COMMANDS } from "./handshake.ts";
import { READ_COMMANDS } from "./reads.ts";
import { WRITE_COMMANDS } from "./writes.ts";

/** Every command the server knows. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  ...HANDSHAKE_COMMANDS,
  ...READ_COMMANDS,
  ...EXPLAIN_COMMANDS,
  ...WRITE_COMMANDS,
  ...FIND_AND_MODIFY_COMMANDS,
  ...CATALOG_COMMANDS,
};

const TRANSACTION_FIELDS = ["txnNumber", "startTransaction", "autocommit", "stmtId", "stmtIds"];
const READ_CONCERNS = ["local", "majority", "available"];

/** Whether the answer, be it an error, may leave only when the disk has what it rests on. */
export function waitsForDisk(body: Doc): boolean {
  const command = commandOf(Object.keys(body)[0] ?? "");
  return command?.writes === true && !isUnjournaled(body.writeConcern);
}

/** Runs one command; throws `MongoError` where it is refused. */
export function dispatch(body: Doc, connectionId: number, context: CommandContext): Answer {
  const name = Object.keys(body)[0] ?? "";
  const command = commandOf(name);
  if (command === undefined) {
    throw new MongoError("CommandNotFound", `no such command: '${name}'`);
  }
  if (TRANSACTION_FIELDS.some((field) => body[field] !== undefined)) {
    throw new MongoError(
      "IllegalOperation",
      "Transaction numbers are only allowed on a replica set member or mongos",
    );
  }
  const args = new Arguments(name, body);
  args.assertOnly({
    known: [name, ...COMMON_FIELDS, ...command.known],
    refused: command.refused ?? [],
  });
  assertCommonFields(body);
  return command.run({ name, database: args.string("$db"), args, connectionId }, context);
}

function commandOf(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

function assertCommonFields({ apiVersion, readConcern, writeConcern, maxTimeMS }: Doc): void {
  if (apiVersion !== undefined && apiVersion !== "1") throw notSupported("an API version but 1");
  if (isDoc(readConcern)) assertReadConcern(readConcern);
  else if (readConcern !== undefined)
    throw new MongoError("TypeMismatch", "readConcern must be an object");
  if (isDoc(writeConcern)) assertWriteConcern(writeConcern);
  else if (writeConcern !== undefined)
    throw new MongoError("TypeMismatch", "writeConcern must be an object");
  if (maxTimeMS !== undefined && !isNumber(maxTimeMS)) {
    throw new MongoError("BadValue", "maxTimeMS must be a number");
  }
}

function assertReadConcern({ level, ...others }: Doc): void {
  const other = Object.keys(others)[0];
  if (other !== undefined) throw notSupported(`the read concern's ${other}`);
  if (level === undefined || (typeof level === "string" && READ_CONCERNS.includes(level))) return;
  throw notSupported(`the read concern '${show(level)}'`);
}

function assertWriteConcern({ w, j, wtimeout, fsync, ...others }: Doc): void {
  const other = Object.keys(others)[0];
  if (other !== undefined || fsync !== undefined) {
    throw notSupported(`the write concern's ${other ?? "fsync"}`);
  }
  const copies = isNumber(w) ? toNumber(w) : undefined;
  if (copies !== undefined && copies > 1) {
    throw new MongoError("BadValue", "cannot use 'w' > 1 when a host is not replicated");
  }
  const isKnown = w === undefined || w === "majority" || copies === 0 || copies === 1;
  if (!isKnown) throw notSupported(`the write concern w: ${show(w)}`);
  if (j !== undefined && typeof j !== "boolean" && !isNumber(j)) {
    throw new MongoError("TypeMismatch", "the write concern's j must be a boolean");
  }
  if (wtimeout !== undefined && !isNumber(wtimeout)) {
    throw new MongoError("TypeMismatch", "the write concern's wtimeout must be a number");
  }
}

/** `w: 0` and `j: false` give up the wait, `w: "majority"` never does. */
function isUnjournaled(writeConcern: Value | undefined): boolean {
  if (!isDoc(writeConcern)) return false;
  const { w, j } = writeConcern;
  if (isNumber(w) && toNumber(w) === 0) return true;
  return j === false && w !== "majority";
}
