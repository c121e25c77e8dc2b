/** A process of the bench that answers messages, one question at a time. */
import { type NodeChild, describeEnd, spawnNode } from "../src/embedded/node-child.ts";

export interface Child<Question, Answer> {
  readonly pid: number;
  readonly ready: Readonly<Record<string, unknown>>;
  /** Sends a question; its answer is the next message of one of these kinds. */
  ask(question: Question): Promise<Answer>;
  /** The next message of this process, asked for or not. */
  next(): Promise<Answer>;
  stop(): Promise<void>;
}

/** Those of `npm run worker`, for every process alike. */
const NODE_SETTINGS = "--max-semi-space-size=32";

/** Starts a program of the bench; `entry` is named from the bench's folder. */
export async function startChild<Question extends object, Answer extends object>(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Child<Question, Answer>> {
  const child = await spawnNode(new URL(entry, import.meta.url), args, {
    env: { ...env, NODE_OPTIONS: NODE_SETTINGS },
    onLine: (line) => process.stderr.write(`${entry}: ${line}\n`),
  });
  const next = () => nextMessage<Answer>(child, entry);
  return {
    pid: child.pid,
    ready: child.ready,
    next,
    async ask(question) {
      const answer = next();
      child.process.send(question);
      return answer;
    },
    async stop() {
      await child.stop();
    },
  };
}

async function nextMessage<Answer>(child: NodeChild, entry: string): Promise<Answer> {
  const message = new Promise<Answer>((resolve) => {
    child.process.once("message", (answer) => resolve(answer as Answer));
  });
  const end = child.ended.then((ended) => {
    throw new Error(`${entry} ended: ${describeEnd(ended)} ${ended.tail.join(" | ")}`);
  });
  return Promise.race([message, end]);
}
