/** Looks into the process it runs in: where its time goes, and which commands it sends. */
import { createHash } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { createRequire } from "node:module";
import mongoose from "mongoose";
import type { Inspection } from "./messages.ts";

export interface Inspector {
  begin(inspection: Inspection): Promise<void>;
  /** Writes the profile; returns how often each command was sent, nothing where none were counted. */
  end(): Promise<Record<string, number>>;
}

const SAMPLING_MICROSECONDS = 250;

export function createInspector(): Inspector {
  let profiling: { session: Session; file: string } | null = null;
  let counts: Record<string, number> = {};
  const add = (command: string): void => {
    counts[command] = (counts[command] ?? 0) + 1;
  };
  return {
    async begin(inspection) {
      counts = {};
      if (inspection.count) countCommands(add);
      if (inspection.profile !== null) {
        profiling = { session: await startProfile(), file: inspection.profile };
      }
    },
    async end() {
      if (profiling !== null) await writeProfile(profiling.session, profiling.file);
      profiling = null;
      return counts;
    },
  };
}

async function startProfile(): Promise<Session> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLING_MICROSECONDS });
  await session.post("Profiler.start");
  return session;
}

async function writeProfile(session: Session, file: string): Promise<void> {
  const { profile } = await session.post("Profiler.stop");
  writeFileSync(file, JSON.stringify(profile));
  session.disconnect();
}

let isCounting = false;

/** Counting slows the process down, so it is only begun where it was asked for, and never ends. */
function countCommands(add: (command: string) => void): void {
  if (isCounting) return;
  isCounting = true;
  const names = readScriptNames();
  mongoose.set("debug", (collection: string, method: string) =>
    add(`mongo ${collection} ${method}`),
  );
  subscribe("tracing:ioredis:command:start", (message) => {
    const { command, args } = message as { command: string; args: string[] };
    add(`redis ${command === "evalsha" ? (names.get(args[0] ?? "") ?? command) : command}`);
  });
}

/** BullMQ's scripts travel under the hash of their text: their names say more. */
function readScriptNames(): Map<string, string> {
  const scripts = createRequire(import.meta.url)("bullmq/dist/cjs/scripts") as Record<
    string,
    { name: string; content: string }
  >;
  return new Map(
    Object.values(scripts).map(({ name, content }) => [
      createHash("sha1").update(content).digest("hex"),
      name,
    ]),
  );
}
