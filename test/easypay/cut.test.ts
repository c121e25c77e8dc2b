/**
 * Processes that die, or lose the database's answer, anywhere while a customer is at a payment window.
 * Every await of the use cases passes a recorder; each point is cut once, then the customer's browser
 * comes back again and everything is driven to rest.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyNotice } from "../../src/billing/apply-notice.ts";
import { type ComeBackDeps, comeBack } from "../../src/billing/come-back.ts";
import { type PrepareInput, prepareWindow } from "../../src/billing/prepare-window.ts";
import { readWindow } from "../../src/billing/read-window.ts";
import { noticeDepsOf, reconcileDepsOf } from "../../src/compose.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { sleep } from "../../src/lib/clock.ts";
import { type Cut, type Recorder, createRecorder } from "../chaos/recorder.ts";
import { fieldsOf, formOf, postForm } from "../simulator/windows/support.ts";
import { type Easypay, startEasypay } from "./world.ts";

const AMOUNT = 50_000;
/** Cases that run beside each other; each waits for its lease most of the time. */
const ABREAST = 12;

type Fields = Record<string, string>;
type Gateway = "payup" | "kiwoompay" | "portone";

let world: Easypay;
beforeAll(async () => {
  // Claims of the dead run out soon.
  world = await startEasypay({});
}, 60_000);
afterAll(() => world?.close());

/** What was asked of the gateway, whichever process asked. */
interface Told {
  charges: string[];
  windows: string[];
}

/** The use cases' dependencies as one process has them, every await passed through the recorder. */
function depsOf(recorder: Recorder, gateway: Gateway, told: Told): ComeBackDeps {
  const { composition } = world.core;
  const { charge } = composition.config;
  const kind = "database";
  const real = composition.gateways.get(gateway, "default");
  const adapter: GatewayAdapter = {
    ...real,
    charge: (call, request) => {
      told.charges.push(request.orderNumber);
      return real.charge(call, request);
    },
    openWindow: async (call, request) => {
      told.windows.push(request.orderNumber);
      if (real.openWindow === undefined) throw new Error(`${gateway} has no window`);
      return real.openWindow(call, request);
    },
  };
  const wrapped = recorder.wrap(adapter, {
    label: "gateway",
    kind: "gateway",
    other: { paceOf: "sync", close: "sync", readReturn: "sync", checkWindow: "sync" },
  });
  return {
    ...composition,
    ...reconcileDepsOf(composition),
    lease: { leaseMs: charge.leaseMs, marginMs: charge.leaseMarginMs },
    worker: "test",
    windows: composition.config.windows,
    invoices: recorder.wrap(composition.invoices, { label: "invoices", kind }),
    subscriptions: recorder.wrap(composition.subscriptions, { label: "subscriptions", kind }),
    businessClock: recorder.wrap(composition.businessClock, { label: "businessClock", kind }),
    pauses: recorder.wrap(composition.pauses, { label: "pauses", kind }),
    declines: recorder.wrap(composition.declines, { label: "declines", kind }),
    gateways: createGatewayRegistry([wrapped]),
  };
}

let count = 0;
function orderOf(gateway: Gateway): PrepareInput {
  count += 1;
  return {
    orderId: `CUT-${count}`,
    requestHash: "hash",
    amount: AMOUNT,
    productName: "구독",
    customerName: "홍길동",
    customerId: `customer-${count}`,
    customerEmail: null,
    customerPhone: null,
    device: "pc",
    wallet: null,
    options: gateway === "portone" ? { pay_method: "card" } : null,
    returnUrl: null,
    backUrl: (id) => `${world.url}/easypay/return/${id}`,
  };
}

/** What a customer has done before the process that may be cut begins, and what that process does. */
interface Story {
  gateway: Gateway;
  /** Answers what the process then does; it may be called again by another process. */
  begin(input: PrepareInput, told: Told): Promise<(deps: ComeBackDeps) => Promise<unknown>>;
  /** Whether the customer has paid, or agreed to, before the process begins. */
  isPaid: boolean;
  /** Its preparation cannot be told apart from another's beside it. */
  isAlone?: true;
}

async function prepared(input: PrepareInput, gateway: Gateway, told: Told) {
  const deps = depsOf(createRecorder(), gateway, told);
  const answer = await prepareWindow(deps, deps.gateways.get(gateway, "default"), input);
  if (answer.kind !== "prepared") throw new Error("the order was not prepared");
  return answer;
}

async function simulate(path: string, body: object): Promise<Fields> {
  const answer = await fetch(world.core.simulatorUrl + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Fields;
}

/** The customer pays in the window, and nobody tells. */
async function payInWindow(gateway: Gateway, fields: object): Promise<Fields> {
  const { simulatorUrl } = world.core;
  const opened =
    gateway === "portone"
      ? await postForm(`${simulatorUrl}/_sim/portone/request-pay`, {
          imp_code: "imp00000000",
          device: "pc",
          origin: world.url,
          param: JSON.stringify(fields),
        })
      : await postForm(`${simulatorUrl}/pay/linkEnc`, fields as Fields, "euc-kr");
  const page = await opened.text();
  const choice = { ...fieldsOf(page), act: "pay", method: gateway === "portone" ? "" : "KAKAOPAY" };
  const paid = await postForm(simulatorUrl + formOf(page).action, choice);
  const result = /data-result="([^"]*)"/.exec(await paid.text())?.[1]?.replaceAll("&quot;", '"');
  const { rsp = "{}" } = result === undefined ? {} : (JSON.parse(result) as { rsp: string });
  return JSON.parse(rsp) as Fields;
}

const preparing = (gateway: Gateway): Story => ({
  gateway,
  isPaid: false,
  begin: async (input) => (deps) =>
    prepareWindow(deps, deps.gateways.get(gateway, "default"), input),
});

const approving: Story = {
  gateway: "payup",
  isPaid: true,
  async begin(input, told) {
    const { invoice, opened } = await prepared(input, "payup", told);
    const fields = await simulate("/_sim/payup/authenticate", {
      ordr_idxx: opened.gatewayOrderId,
    });
    return (deps) => comeBack(deps, { paymentId: invoice.id, fields });
  },
};

const confirming: Story = {
  gateway: "portone",
  isPaid: true,
  async begin(input, told) {
    const { invoice, opened } = await prepared(input, "portone", told);
    const { imp_uid: transactionId = "" } = await payInWindow("portone", opened.fields);
    return (deps) =>
      readWindow(deps, {
        invoice,
        adapter: deps.gateways.get("portone", "default"),
        transactionId,
      });
  },
};

const noticed: Story = {
  gateway: "kiwoompay",
  isPaid: true,
  isAlone: true,
  async begin(input, told) {
    const { invoice, opened } = await prepared(input, "kiwoompay", told);
    await payInWindow("kiwoompay", opened.fields);
    const orderNumber = invoice.attempts[0]?.orderNumber ?? "";
    const [approval] = await world.core.simulator.ledger({ kind: "approval", orderNumber });
    const { inbox } = world.core.composition;
    const query = `PAYMETHOD=KAKAOPAY&CPID=CTSIM001&ORDERNO=${orderNumber}&AMOUNT=${AMOUNT}&DAOUTRX=${approval?.transactionId ?? ""}`;
    await fetch(`${world.url}/webhook/kiwoom?${query}`);
    const entry = (await inbox.listDue(new Date(Date.now() + 86_400_000), 1000)).at(-1);
    if (entry === undefined) throw new Error("no notice came in");
    return (deps) =>
      applyNotice({ ...noticeDepsOf(world.core.composition), ...deps }, { id: entry.id });
  },
};

/** The way it is usually written: take the money, then save that it was taken. */
const naive: Story = {
  gateway: "payup",
  isPaid: true,
  async begin(input, told) {
    const { invoice, opened } = await prepared(input, "payup", told);
    const fields = await simulate("/_sim/payup/authenticate", {
      ordr_idxx: opened.gatewayOrderId,
    });
    return async (deps) => {
      const read = await deps.invoices.find(invoice.id);
      if (read === null || read.state === "paid") return;
      const adapter = deps.gateways.get("payup", "default");
      const credential = { value: "", endsAt: new Date("9999-12-31T00:00:00Z") };
      const { customerId, customerName, productName, amount } = invoice;
      await adapter.charge(
        { credential, maySend: () => true },
        {
          orderNumber: `KB-${invoice.number}-1`,
          source: { kind: "wallet", authentication: fields },
          amount,
          productName,
          customerId,
          customerName,
        },
      );
      await deps.invoices.write(read, { ...read, state: "paid", step: "none" });
    };
  },
};

interface Result {
  /** What is wrong; empty where nothing is. */
  broken: string[];
  wasCut: boolean;
}

async function run(story: Story, cut: Cut | null, fault: object | null): Promise<Result> {
  const input = orderOf(story.gateway);
  const told: Told = { charges: [], windows: [] };
  const act = await story.begin(input, told);
  if (fault !== null) {
    const { orderNumber } = await orderNumberOf(input);
    await world.core.plantFaults({ ...fault, match: { operation: "kakao_pay", orderNumber } });
  }
  const recorder = createRecorder(cut);
  const living = act(depsOf(recorder, story.gateway, told)).catch(() => {});
  await Promise.race([living, recorder.died]);
  await recorder.quiet();
  // The browser comes back again, or the caller asks again, in a process that lives.
  await act(depsOf(createRecorder(), story.gateway, told)).catch(() => {});
  await world.core.sweep();
  await rest(input);
  const broken = await judge(story, input, told);
  const { state, step } = (await find(input)) ?? { state: "gone", step: "none" };
  const isKept = state === "paid" || step === "ask" || fault !== null || !story.isPaid;
  if (!isKept) broken.push(`forgotten: ${state}, ${step}`);
  return {
    broken: broken.map(
      (one) => `${cut?.side ?? ""} ${cut?.point ?? "uncut"} ${cut?.answer ?? ""}: ${one}`,
    ),
    wasCut: recorder.isCut(),
  };
}

async function orderNumberOf({ orderId }: PrepareInput) {
  const { body } = await world.send("GET", `/easypay/status/${orderId}`);
  return { orderNumber: String(body["orderNumber"]) };
}

const find = ({ orderId }: PrepareInput): Promise<Invoice | null> =>
  world.core.composition.invoices.findByOrderId(orderId);

/** What a dead process claimed becomes a question, and is asked as long as an answer can come. */
async function rest(input: PrepareInput): Promise<void> {
  for (let look = 0; look < 400; look += 1) {
    const invoice = await find(input);
    if (invoice === null || (invoice.step !== "call" && invoice.step !== "ask")) return;
    if (invoice.step === "ask" && invoice.gateway !== "portone") return;
    if (invoice.step === "call") await world.core.sweep();
    else await world.core.ask(invoice.id);
    await sleep(20);
  }
}

async function judge(story: Story, input: PrepareInput, told: Told): Promise<string[]> {
  const invoice = await find(input);
  if (invoice === null) return ["the order is not on record"];
  const { orderNumber } = await orderNumberOf(input);
  const entries = await world.core.simulator.ledger({ orderNumber });
  const approvals = entries.filter(({ kind }) => kind === "approval").length;
  const isAsked = invoice.step === "ask" || invoice.step === "call";
  const isOpen = invoice.step === "window";
  const broken: string[] = [];
  if (told.charges.length > 1) broken.push(`charged ${told.charges.length} times`);
  if (approvals > 1) broken.push(`${approvals} approvals`);
  const strangers = [...told.charges, ...told.windows].filter((one) => one !== orderNumber);
  if (strangers.length > 0) broken.push(`the gateway was told ${strangers.join(", ")}`);
  if (invoice.state === "paid" && approvals !== 1) broken.push("paid without an approval");
  if (approvals === 1 && invoice.state !== "paid" && !isAsked)
    broken.push(`lost: ${invoice.state}`);
  if (!story.isPaid && !isOpen) broken.push(`not open any more: ${invoice.state}, ${invoice.step}`);
  if (!story.isPaid && invoice.window?.opened == null) broken.push("no window, though asked again");
  return broken;
}

/** Every cut that differs: a look leaves nothing behind, a dead database call may be lost too. */
async function cutsOf(story: Story, fault: object | null): Promise<Cut[]> {
  const input = orderOf(story.gateway);
  const told: Told = { charges: [], windows: [] };
  const act = await story.begin(input, told);
  if (fault !== null) {
    const { orderNumber } = await orderNumberOf(input);
    await world.core.plantFaults({ ...fault, match: { operation: "kakao_pay", orderNumber } });
  }
  const recorder = createRecorder();
  await act(depsOf(recorder, story.gateway, told)).catch(() => {});
  return recorder.points.flatMap(({ name: point, kind }): Cut[] => {
    const dies: Cut = { point, side: "before", answer: "dies" };
    if (kind === "read") return [dies];
    const after: Cut = { point, side: "after", answer: "dies" };
    const lost: Cut = { point, side: "after", answer: "lost" };
    return kind === "database" ? [dies, after, lost] : [dies, after];
  });
}

const FAULTS: readonly (readonly [string, object | null])[] = [
  ["approved", null],
  ["declined", { times: 1, effect: { decline: "CC10" } }],
  ["lost after approval", { times: 1, effect: "commit_then_drop" }],
  ["lost before approval", { times: 1, effect: "drop" }],
];

async function runAll(story: Story, cuts: readonly Cut[], fault: object | null): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...cuts];
  const lane = async () => {
    for (let cut = waiting.shift(); cut !== undefined; cut = waiting.shift()) {
      results.push(await run(story, cut, fault));
    }
  };
  await Promise.all(Array.from({ length: story.isAlone ? 1 : ABREAST }, lane));
  return results;
}

it("finds the double charge of a handler that takes the money and then saves it", async () => {
  const results = await runAll(naive, await cutsOf(naive, null), null);
  expect(results.flatMap(({ broken }) => broken)).toContainEqual(
    expect.stringContaining("charged 2 times"),
  );
});

describe.each([
  ["prepare at kiwoompay", preparing("kiwoompay"), FAULTS.slice(0, 1)],
  ["prepare at portone", preparing("portone"), FAULTS.slice(0, 1)],
  ["prepare at payup", preparing("payup"), FAULTS.slice(0, 1)],
  ["come back to payup", approving, FAULTS],
  ["confirm at portone", confirming, FAULTS.slice(0, 1)],
  ["be told by kiwoompay", noticed, FAULTS.slice(0, 1)],
] as const)("%s", (_name, story, faults) => {
  it.each(faults)(
    "cut anywhere neither pays twice nor loses a payment: %s",
    async (_what, fault) => {
      const cuts = await cutsOf(story, fault);
      const results = await runAll(story, cuts, fault);
      process.stderr.write(`windows: ${cuts.length} cuts
`);
      expect(results.flatMap(({ broken }) => broken)).toEqual([]);
      expect(results.filter(({ wasCut }) => wasCut)).toHaveLength(cuts.length);
      expect(cuts.length).toBeGreaterThan(4);
    },
  );
});
