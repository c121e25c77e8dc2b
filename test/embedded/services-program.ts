// A program that starts services and then does nothing, for the tests to end in unfriendly ways.
// Arguments: the services ("redis", "mongo" or both), then the persistent folder, if any.

import { startServices } from "../../src/embedded/services.ts";

const [wanted = "", folder] = process.argv.slice(2);
const services = await startServices({
  redis: wanted.includes("redis"),
  mongo: wanted.includes("mongo"),
  env: process.env,
  log: (line) => process.stderr.write(`${line}\n`),
  ...(folder === undefined ? {} : { folder }),
});
const { folder: path, pids } = services;
const redisUrl = wanted.includes("redis") ? services.redisUrl : "";
process.stdout.write(`${JSON.stringify({ folder: path, pids, redisUrl })}\n`);
if (process.env["THROW"] === "1") throw new Error("a failure of the program");
