import { afterEach, describe, expect, it } from "vitest";
import type { NodeChild, NodeChildOptions } from "../../src/embedded/node-child.ts";
import { spawnNode } from "../../src/embedded/node-child.ts";
import { identifyProcess, isRunning } from "../../src/embedded/process-identity.ts";

const ENTRY = new URL("./services-child-program.ts", import.meta.url);
const children: NodeChild[] = [];
const lines: string[] = [];

async function start(args: string[], options: Partial<NodeChildOptions> = {}): Promise<NodeChild> {
  const child = await spawnNode(ENTRY, args, {
    env: { PATH: process.env["PATH"], MARK: "given" },
    onLine: (line) => lines.push(line),
    ...options,
  });
  children.push(child);
  return child;
}

afterEach(() => {
  for (const child of children.splice(0)) child.process.kill("SIGKILL");
  lines.length = 0;
});

describe("spawnNode", () => {
  it("runs an entry from anywhere and reads its ready line", async () => {
    const child = await start(["ready", "one", "two"], { cwd: "/" });
    expect(child.ready).toEqual({ port: 1, args: ["one", "two"], env: "given" });
    expect(isRunning(identifyProcess(child.pid))).toBe(true);
    await child.stop();
  });

  it("forwards what the child writes besides", async () => {
    const child = await start(["ready"]);
    await child.stop();
    expect(lines).toContain("a line of stderr");
    expect(lines).toContain("not the ready line");
  });

  it("says what the child said when it ends before it is ready", async () => {
    await expect(start(["fail"])).rejects.toThrow(/ended \(exit code 3\).*the reason/);
  });

  it("stops a child in order", async () => {
    const child = await start(["tidy"]);
    expect(await child.stop()).toMatchObject({ code: 0, signal: null });
    expect(lines).toContain("tidied up");
  });

  it("kills a child that ignores SIGTERM", async () => {
    const child = await start(["stubborn"]);
    expect(await child.stop(50)).toMatchObject({ signal: "SIGKILL" });
  });

  it("gives a child that loses its parent the chance to end in order", async () => {
    const child = await start(["tidy"]);
    child.process.disconnect();
    expect(await child.ended).toMatchObject({
      code: 0,
      tail: expect.arrayContaining(["tidied up"]),
    });
  });

  it("ends a child that loses its parent and ignores SIGTERM", async () => {
    const child = await start(["stubborn"]);
    child.process.disconnect();
    expect(await child.ended).toMatchObject({ signal: "SIGKILL" });
  });

  it("names the process before it is ready", async () => {
    const pids: number[] = [];
    const child = await start(["ready"], { onSpawn: ({ pid }) => pids.push(pid) });
    expect(pids).toEqual([child.pid]);
    await child.stop();
  });
});
