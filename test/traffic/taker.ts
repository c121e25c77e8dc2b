/** A process of its own that makes calls at a shared pace; tells when each of them left. */
import { createProducerConnection } from "../../src/queues/connection.ts";
import { openLine, stampMs } from "./line.ts";

const [url = "", key = "", perSecond = "", calls = ""] = process.argv.slice(2);
const line = openLine(createProducerConnection(url), { key, perSecond: Number(perSecond) });
const sentAt: number[] = [];
await Promise.all(
  Array.from({ length: Number(calls) }, async () => {
    await line.pass();
    sentAt.push(stampMs());
  }),
);
process.stdout.write(JSON.stringify(sentAt));
line.close();
