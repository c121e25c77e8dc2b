import { createInterface } from "node:readline/promises";
import { hashPassword } from "../lib/password.ts";
import { type Command, UsageError } from "./command.ts";

/** Makes ADMIN_PASSWORD_HASH. The password comes on stdin: an argument would stand in `ps`. */
export const hashPasswordCommand: Command = {
  name: "hash-password",
  summary: "make ADMIN_PASSWORD_HASH from a password on stdin",
  usage: "echo 'the password' | billing hash-password",
  async run({ out }) {
    const lines = createInterface({ input: process.stdin });
    const { value } = await lines[Symbol.asyncIterator]().next();
    lines.close();
    if (typeof value !== "string" || value.length < 12) {
      throw new UsageError("the password on stdin must have at least 12 characters");
    }
    out(`${await hashPassword(value)}\n`);
    return 0;
  },
};
