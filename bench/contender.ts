/** A contender's own process: it does what it is told by messages, one at a time. */
import { sleep } from "../src/lib/clock.ts";
import { createInspector } from "./inspector.ts";
import type { Book, ContenderReply, ContenderRequest, ContenderSettings } from "./messages.ts";

/** One way to charge what is due. */
export interface Contender {
  /** Writes so many due periods, one a customer; nothing is charged before `begin`. */
  seed(round: number, charges: number): Promise<void>;
  /** Begins to charge what is due. */
  begin(): Promise<void>;
  /** Whether everything due is charged, recorded, and its job done. */
  isSettled(): Promise<boolean>;
  /** Ends what `begin` began, and reads what the database says of the round. */
  end(): Promise<Book[]>;
}

const LOOK_MS = 5;

/** Serves the messages of the bench with a contender; its settings are the first argument. */
export async function serveContender(
  create: (settings: ContenderSettings) => Promise<Contender>,
): Promise<void> {
  const settings = JSON.parse(process.argv[2] ?? "{}") as ContenderSettings;
  const contender = await create(settings);
  const inspector = createInspector();
  const answer = async (request: ContenderRequest): Promise<ContenderReply> => {
    switch (request.kind) {
      case "seed":
        await contender.seed(request.round, request.charges);
        return { kind: "done" };
      case "begin":
        await inspector.begin(request.inspection);
        await contender.begin();
        return { kind: "done" };
      case "settle":
        while (!(await contender.isSettled())) await sleep(LOOK_MS);
        return { kind: "done" };
      case "end": {
        const counts = await inspector.end();
        return { kind: "ended", books: await contender.end(), counts };
      }
    }
  };
  process.on("message", (request: ContenderRequest) => {
    answer(request).then(
      (reply) => process.send?.(reply),
      (error: unknown) => process.send?.({ kind: "failed", message: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
  process.on("SIGTERM", () => process.exit(0));
  // The channel alone does not keep a process alive, and a contender may hold no connection between rounds.
  process.channel?.ref();
  process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`);
}
