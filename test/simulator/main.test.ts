import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { packed } from "../support/packed.ts";
import { createClient, temporaryDir } from "./support.ts";

const MAIN = packed("src/simulator/main.ts");

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly exited: Promise<unknown[]>;
}

async function start(
  args: readonly string[],
  stdio: ("pipe" | "ipc")[] = ["pipe", "pipe", "pipe"],
): Promise<Running> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio });
  const exited = once(child, "exit");
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  const ready = JSON.parse(line.toString()) as { port: number; pid: number };
  expect(ready.pid).toBe(child.pid);
  return { child, port: ready.port, exited };
}

describe("simulator process", () => {
  it("keeps an approval when it is killed right after writing it", async () => {
    const dir = temporaryDir();
    const first = await start(["--port", "0", "--dir", dir]);
    const client = createClient(first.port);
    const billingKey = await client.billingKeyFor("4111111111111111");
    await client.addFault({ match: { operation: "payments" }, effect: "commit_then_hang" });
    const unanswered = client.pay(billingKey, { ORDERNO: "KILLED" }).catch(() => "cut");
    await expect
      .poll(async () => (await client.ledger("?orderNumber=KILLED")).body.entries)
      .toHaveLength(1);
    first.child.kill("SIGKILL");
    await first.exited;
    expect(await unanswered).toBe("cut");

    const second = await start(["--port", "0", "--dir", dir]);
    const { entries } = (await createClient(second.port).ledger("?orderNumber=KILLED")).body;
    expect(entries).toMatchObject([{ kind: "approval", fault: "commit_then_hang" }]);
  });

  it("loses no answered payment when it is killed under load", async () => {
    const dir = temporaryDir();
    const first = await start(["--port", "0", "--dir", dir]);
    const client = createClient(first.port);
    const billingKey = await client.billingKeyFor("4111111111111111");
    const answered: string[] = [];
    const payUntilCut = async (lane: number): Promise<void> => {
      for (let order = 0; ; order += 1) {
        const ORDERNO = `${lane}-${order}`;
        const { body } = await client.pay(billingKey, { ORDERNO });
        if (body.RESULTCODE === "0000") answered.push(ORDERNO);
        if (answered.length === 300) first.child.kill("SIGKILL");
      }
    };
    await Promise.allSettled(Array.from({ length: 8 }, (_, lane) => payUntilCut(lane)));
    expect(answered.length).toBeGreaterThanOrEqual(300);

    const second = await start(["--port", "0", "--dir", dir]);
    const after = createClient(second.port);
    const missing: string[] = [];
    for (const ORDERNO of answered) {
      const { totals } = (await after.ledger(`?orderNumber=${ORDERNO}`)).body;
      if ((totals as { approvals: number }).approvals !== 1) missing.push(ORDERNO);
    }
    expect(missing).toEqual([]);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends cleanly on %s with an idle, a silent and a waiting connection open",
    async (signal) => {
      const { child, port, exited } = await start(["--port", "0", "--dir", temporaryDir()]);
      const client = createClient(port);
      await client.addFault(
        { match: { operation: "billkeygen" }, effect: "hang" },
        { match: { operation: "paycert" }, effect: { delayMs: 600_000 } },
      );
      const open = [client.issue(), client.call("/api/paycert", { tid: "x" })];
      const cut = Promise.allSettled(open);
      await expect
        .poll(async () => (await client.get("/_sim/faults")).body.rules)
        .toMatchObject([{ hits: 1 }, { hits: 1 }]);
      child.kill(signal);
      expect(await exited).toEqual([0, null]);
      expect((await cut).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    },
  );

  it("ends with its parent: when stdin ends under --watch-stdin, and when IPC disconnects", async () => {
    const watching = await start(["--port", "0", "--dir", temporaryDir(), "--watch-stdin"]);
    watching.child.stdin?.end();
    expect(await watching.exited).toEqual([0, null]);

    const stdio = ["pipe", "pipe", "pipe", "ipc"] as ("pipe" | "ipc")[];
    const forked = await start(["--port", "0", "--dir", temporaryDir()], stdio);
    forked.child.disconnect();
    expect(await forked.exited).toEqual([0, null]);
  });

  it("lives on when stdin ends and nobody asked it to watch", async () => {
    const { child, port } = await start(["--port", "0", "--dir", temporaryDir()]);
    child.stdin?.end();
    expect((await createClient(port).get("/health")).status).toBe(200);
  });

  it("tells the addresses that its command line names", async () => {
    const urls = [
      "--notify",
      "kiwoompay=https://shop.example/k",
      "--notify",
      "portone=http://[::1]:1/",
    ];
    const { port } = await start(["--port", "0", "--dir", temporaryDir(), ...urls]);
    expect((await createClient(port).get("/_sim/notice-urls")).body).toEqual({
      kiwoompay: "https://shop.example/k",
      portone: "http://[::1]:1/",
    });
  });

  it("takes further accounts, and refuses options that it cannot read", async () => {
    const dir = temporaryDir();
    const { port } = await start(["--port", "0", "--dir", dir, "--account", "cookiepay:shop2:s2"]);
    const second = createClient(port, { id: "shop2", secret: "s2" });
    expect((await second.issue()).body.RESULTCODE).toBe("0000");
    const { entries } = (await second.ledger()).body;
    expect(entries).toMatchObject([{ merchant: "shop2" }]);

    for (const args of [
      ["--port", "x"],
      ["--account", "cookiepay:nosecret"],
      ["--account", "nobody:shop2:s2"],
      ["--notify", "http://127.0.0.1:3000/"],
      ["--notify", "payup=http://127.0.0.1:3000/"],
      ["--notify", "kiwoompay=nowhere"],
      ["--colour", "red"],
    ]) {
      const options = [MAIN, ...args];
      const refused = spawn(process.execPath, options, { stdio: "ignore" });
      const [code] = (await once(refused, "exit")) as [number];
      expect(code).toBe(1);
    }
  });
});
