import type { Environment } from "./environment.ts";
import { serverEnvironment } from "./environment.ts";
import { EmbeddedServiceError } from "./embedded-error.ts";
import type { DataFolder } from "./folder.ts";
import type { GuardianReport, GuardianRequest, LaunchSpec } from "./guardian-messages.ts";
import type { NodeChild, ProcessEnd } from "./node-child.ts";
import { spawnNode } from "./node-child.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { identifyProcess, sendSignal } from "./process-identity.ts";

const RESTARTS_MAX = 20;

/** A running server, whoever its parent process is. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves, never rejects, when it has ended. */
  readonly ended: Promise<ProcessEnd>;
  signal(signal: NodeJS.Signals): void;
}

/** The process that starts foreign servers and cleans up when we cannot. */
export interface Guardian {
  /** Its process number; null while it is being started. */
  readonly pid: number | null;
  /** Resolves when it runs; rejects when it cannot be started. */
  whenUp(): Promise<void>;
  /** Starts a foreign server under the guardian. */
  launch(spec: LaunchSpec): Promise<ServerProcess>;
  /**
   * Has the guardian wait for a server that it did not start itself before it lets go of the
   * folder; resolves when that server has ended.
   */
  watch(server: Pick<ServerProcess, "pid" | "ended">): Promise<void>;
  /** Lets the guardian end what still runs and release the folder; resolves when it is gone. */
  close(): Promise<void>;
}

/** What a guardian guards. */
export interface GuardianOptions {
  folder: DataFolder;
  env: Environment;
  log: (line: string) => void;
}

interface Ward {
  identity: ProcessIdentity;
  /** Null for a server that is not the guardian's own child. */
  finish: ((end: ProcessEnd) => void) | null;
}

interface PendingLaunch {
  resolve: (server: ServerProcess) => void;
  reject: (error: Error) => void;
}

interface Watch {
  readonly options: GuardianOptions;
  /** The servers that run, by the id of their launch. */
  readonly wards: Map<number, Ward>;
  readonly pending: Map<number, PendingLaunch>;
  lastId: number;
  restarts: number;
  closing: boolean;
  pid: number | null;
  running: Promise<NodeChild>;
}

/** Starts a guardian; what is asked of it waits until it is up. A killed one is replaced. */
export function createGuardian(options: GuardianOptions): Guardian {
  const notYet = Promise.reject<NodeChild>(notStarted());
  notYet.catch(() => undefined);
  const watch: Watch = {
    options,
    wards: new Map(),
    pending: new Map(),
    lastId: 0,
    restarts: 0,
    closing: false,
    pid: null,
    running: notYet,
  };
  run(watch, startGuardian(watch));
  return {
    get pid() {
      return watch.pid;
    },
    whenUp: async () => void (await watch.running),
    launch: (spec) => launch(watch, spec),
    watch: (server) => watchServer(watch, server),
    close: async () => {
      watch.closing = true;
      const child = await watch.running.catch(() => null);
      if (child?.process.connected === true) child.process.disconnect();
      await child?.ended;
    },
  };
}

async function startGuardian(watch: Watch): Promise<NodeChild> {
  const child = await spawnGuardian(watch);
  watch.pid = child.pid;
  void replaceWhenEnded(watch, child);
  return child;
}

async function launch(watch: Watch, spec: LaunchSpec): Promise<ServerProcess> {
  const child = await watch.running;
  watch.lastId += 1;
  const id = watch.lastId;
  return new Promise((resolve, reject) => {
    watch.pending.set(id, { resolve, reject });
    send(child, { type: "launch", id, spec });
  });
}

async function watchServer(
  watch: Watch,
  server: Pick<ServerProcess, "pid" | "ended">,
): Promise<void> {
  watch.lastId += 1;
  const id = watch.lastId;
  const identity = identifyProcess(server.pid);
  watch.wards.set(id, { identity, finish: null });
  record(watch);
  onEnded(watch, id, await server.ended);
}

function onReport(watch: Watch, message: GuardianReport): void {
  if (message.type === "launched") onLaunched(watch, message.id, message.pid);
  if (message.type === "ended") onEnded(watch, message.id, message);
}

function onLaunched(watch: Watch, id: number, pid: number): void {
  const ended = new Promise<ProcessEnd>((finish) => {
    watch.wards.set(id, { identity: identifyProcess(pid), finish });
  });
  record(watch);
  const signal = (name: NodeJS.Signals): void => tell(watch, { type: "signal", id, signal: name });
  watch.pending.get(id)?.resolve({ pid, ended, signal });
  watch.pending.delete(id);
}

function onEnded(watch: Watch, id: number, end: ProcessEnd): void {
  watch.pending.get(id)?.reject(new EmbeddedServiceError("START_FAILED", end.tail.join(" | ")));
  watch.pending.delete(id);
  const ward = watch.wards.get(id);
  watch.wards.delete(id);
  record(watch);
  ward?.finish?.(end);
}

async function replaceWhenEnded(watch: Watch, child: NodeChild): Promise<void> {
  await child.ended;
  watch.pid = null;
  if (watch.closing) return;
  watch.restarts += 1;
  watch.options.log(`The guardian process is gone (${watch.restarts} of ${RESTARTS_MAX})`);
  run(watch, watch.restarts > RESTARTS_MAX ? Promise.reject(notStarted()) : startGuardian(watch));
  // Without setpriv its servers may outlive it; a second one on the same files must not start.
  for (const [id, ward] of watch.wards) {
    if (ward.finish === null) continue;
    sendSignal(-ward.identity.pid, "SIGKILL");
    onEnded(watch, id, { code: null, signal: "SIGKILL", tail: ["its guardian was killed"] });
  }
  for (const id of watch.pending.keys()) {
    onEnded(watch, id, { code: null, signal: null, tail: ["the guardian was killed"] });
  }
}

function run(watch: Watch, starting: Promise<NodeChild>): void {
  watch.running = starting;
  // Whoever waits for it meets the failure too; this only keeps it from being unhandled.
  starting.catch(() => undefined);
}

function tell(watch: Watch, request: GuardianRequest): void {
  watch.running.then((child) => send(child, request)).catch(() => undefined);
}

/** Keeps owner.json abreast of what runs. */
function record(watch: Watch): void {
  if (watch.closing) return;
  watch.options.folder.recordServers([...watch.wards.values()].map((ward) => ward.identity));
}

async function spawnGuardian(watch: Watch): Promise<NodeChild> {
  const { env, log } = watch.options;
  const { path, kind, token } = watch.options.folder;
  const child = await spawnNode(new URL("./guardian.ts", import.meta.url), [path, kind, token], {
    env: serverEnvironment(env),
    ready: false,
    dieWithParent: false,
    onLine: (line) => log(`guardian: ${line}`),
  });
  child.process.on("message", (message: GuardianReport) => onReport(watch, message));
  await new Promise<void>((resolve, reject) => {
    child.process.once("message", () => resolve());
    void child.ended.then((end) =>
      reject(
        new EmbeddedServiceError("START_FAILED", `The guardian ended: ${end.tail.join(" | ")}`),
      ),
    );
  });
  return child;
}

function notStarted(): EmbeddedServiceError {
  return new EmbeddedServiceError("START_FAILED", "The guardian process does not run");
}

function send(child: NodeChild, request: GuardianRequest): void {
  // A channel that closed under our hands shows as the guardian's end.
  if (child.process.connected) child.process.send(request, () => undefined);
}
