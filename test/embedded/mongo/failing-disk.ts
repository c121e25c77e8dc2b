// Loaded before the server: after some flushes its disk fails, as a broken one does.

import { open } from "node:fs/promises";

const FLUSHES_BEFORE = 10;

const probe = await open("/dev/null");
const handles: { write: (...args: unknown[]) => Promise<unknown> } = Object.getPrototypeOf(probe);
await probe.close();
const { write } = handles;
let flushes = 0;

handles.write = function (...args) {
  const position = args[3];
  const isFlush = typeof position === "number" && position > 0;
  if (isFlush && ++flushes > FLUSHES_BEFORE) {
    const error = new Error("EIO: i/o error, write");
    return Promise.reject(Object.assign(error, { code: "EIO" }));
  }
  return Reflect.apply(write, this, args);
};
