/** A mail server of this machine that takes every mail, as a customer's would, and counts them. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface Mailbox {
  /** For SMTP_URL. */
  url: string;
  /** Mails that came. */
  received(): number;
  /** Those that came once more; each has a Message-ID of its own. */
  doubled(): number;
  close(): Promise<void>;
}

const HEADER_MAX_BYTES = 16_384;

/** Opens it on a free port of the loopback address. */
export async function openMailbox(): Promise<Mailbox> {
  const ids = new Set<string>();
  let received = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData(stream, _session, done) {
      let head = "";
      stream.on("data", (chunk: Buffer) => {
        if (head.length < HEADER_MAX_BYTES) head += chunk.toString("latin1");
      });
      stream.on("end", () => {
        received += 1;
        ids.add(/^message-id:\s*(\S+)/im.exec(head)?.[1] ?? `without id ${received}`);
        done();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received: () => received,
    doubled: () => received - ids.size,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
