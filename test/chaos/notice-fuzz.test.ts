/**
 * Forged, doubled, late and garbled notices: a seed makes 20,000 of them out of true ones, over all
 * receivers, methods, content types and charsets. None may move money, and none may be answered with
 * 5xx. A failure names the seed and the number of its notice:
 *
 *   NOTICE_SEED=… NOTICE_MUTATIONS=… npx vitest run test/chaos/notice-fuzz.test.ts
 */
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { applyNotice } from "../../src/billing/apply-notice.ts";
import { appDepsOf } from "../../src/compose-app.ts";
import { noticeDepsOf } from "../../src/compose.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import { type Core, startCore } from "../support/core.ts";
import { turn } from "../notices/bench.ts";
import { plantInvoices, type Planted } from "../notices/planted.ts";

const SEED = Number(process.env["NOTICE_SEED"] ?? "20261122");
const MUTATIONS = Number(process.env["NOTICE_MUTATIONS"] ?? "20000");
/** Notices that are posted, and looked at, at once. */
const AT_ONCE = 64;

let core: Core;
let app: HttpApp;
let planted: Planted;

beforeAll(async () => {
  core = await startCore({ GATEWAYS: "kiwoompay,cookiepay,portone" });
  await turn(core, { callsPerSecond: 0 });
  app = await createApp(await appDepsOf(core.composition));
  planted = await plantInvoices(core.composition.invoices);
}, 90_000);
afterAll(async () => {
  await app?.close();
  await core?.close();
});

/** Small and quick, and the same on every machine (mulberry32). */
function randomOf(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  return { next, below, pick };
}
type Random = ReturnType<typeof randomOf>;

const URLS = [
  "/webhook/kiwoom",
  "/webhook/noti",
  "/webhook/cookiepay",
  "/webhook/portone",
] as const;
const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json;charset=EUC-KR",
  "application/x-www-form-urlencoded",
  "application/x-www-form-urlencoded;charset=EUC-KR",
  "text/plain",
  "text/html; charset=ks_c_5601-1987",
  "application/json; charset=utf-16le",
  "multipart/form-data; boundary=x",
  "application/octet-stream",
  "x",
  "",
  "text/xml; charset=none",
];
const CHARSETS = ["utf-8", "cp949", "utf-16le", "latin1"];
const ODD_TEXTS = [
  "",
  "0",
  "-1",
  "1e9",
  "9900.0",
  "99999999999999999999",
  "NaN",
  "null",
  "홍길동",
  "%",
  "%zz",
  "%00",
  "\u0000",
  "' or 1=1",
  "{$gt:0}",
  "__proto__",
  "../../etc/passwd",
  "<script>",
  "4111111111111111",
  "x".repeat(2000),
  "0000",
  "9999",
  "CARD_CANCEL",
  "cancel",
  "paid",
  "cancelled",
  "failed",
  "ready",
];

/** A notice that its gateway could have sent about one of the planted orders, but for one forged fact. */
function forgeryOf(
  random: Random,
  forged: "amount" | "merchant" | "order" | "failed" | "pending",
): Record<string, string> {
  const target = random.pick(planted.targets);
  const { orderNumber, transactionId, amount, merchantId, gateway } = target;
  const wrong = {
    amount: forged === "amount" ? amount + 1 + random.below(90_000) : amount,
    merchant: forged === "merchant" ? "SOMEBODY" : merchantId,
    order: forged === "order" ? `KB-${random.below(1e9)}-1` : orderNumber,
  };
  const isCancel = forged !== "failed" && forged !== "pending" && random.next() < 0.4;
  // Whoever cancels less than all says no wrong amount; a forger can only ask for more.
  if (gateway === "portone") {
    const status =
      forged === "failed"
        ? "failed"
        : forged === "pending"
          ? "ready"
          : isCancel
            ? "cancelled"
            : "paid";
    return { imp_uid: transactionId, merchant_uid: wrong.order, status };
  }
  const common = { ORDERNO: wrong.order, AMOUNT: `${wrong.amount}` };
  if (gateway === "cookiepay") {
    if (isCancel) {
      return {
        noti_type: "cancel",
        orderno: wrong.order,
        cancel_amount: `${wrong.amount}`,
        tid: transactionId,
        cancel_date: "20261121100000",
      };
    }
    return {
      ...common,
      API_ID: wrong.merchant,
      TID: transactionId,
      ...(forged === "failed" ? { RESULTCODE: "9999" } : { ACCEPT_NO: "1" }),
      ...(forged === "pending" ? { PAY_METHOD: "VACCT", ACCEPT_NO: "" } : { PAY_METHOD: "CARD" }),
    };
  }
  const payMethod = forged === "pending" ? "VACCOUNTISSUE" : isCancel ? "CARD_CANCEL" : "CARD";
  return {
    ...common,
    CPID: wrong.merchant,
    DAOUTRX: transactionId,
    PAYMETHOD: payMethod,
    SETTDATE: "20261121100000",
    ...(forged === "failed" ? { RESULTCODE: "9005" } : {}),
  };
}

/** Garbles a true notice so that it is not true any more in what counts: its order number. */
function garble(fields: Record<string, string>, random: Random): Record<string, string> {
  const entries = Object.entries(fields).map(([name, value]) => {
    const isOrder = /order|merchant_uid/i.test(name);
    return [
      random.next() < 0.1 ? name.toLowerCase() : name,
      isOrder ? `${value}${random.below(99)}` : value,
    ];
  });
  for (let count = random.below(4); count > 0; count -= 1) {
    const at = random.below(entries.length);
    const [name = "", value = ""] = entries[at] ?? [];
    if (!/order|merchant_uid/i.test(name)) entries[at] = [name, random.pick([...ODD_TEXTS, value])];
    entries.push([
      random.pick(["a", "__proto__", "constructor", "EMAIL", "ETC1"]),
      random.pick(ODD_TEXTS),
    ]);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

function encodeForm(fields: Record<string, string>, charset: string): string {
  const text = (value: string) =>
    [...iconv.encode(value, charset)]
      .map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
      .join("");
  return Object.entries(fields)
    .map(([name, value]) => `${text(name)}=${text(value)}`)
    .join("&");
}

function requestOf(random: Random) {
  const forged = random.pick(["amount", "merchant", "order", "failed", "pending"] as const);
  const forgery = forgeryOf(random, forged);
  const fields = random.next() < 0.5 ? forgery : garble(forgery, random);
  const charset = random.pick(CHARSETS);
  const url = random.pick(URLS);
  const method = random.next() < 0.3 ? ("GET" as const) : ("POST" as const);
  const form = encodeForm(fields, charset).slice(0, 12_000);
  if (method === "GET") return { method, url: `${url}?${form}`, headers: {} };
  const type = random.pick(TYPES);
  const bytes =
    random.next() < 0.5 ? iconv.encode(JSON.stringify(fields), charset) : Buffer.from(form);
  // Half of a true failure may read like a success: only what is false in any case is cut or flipped.
  const isFalse = forged === "amount" || forged === "merchant" || forged === "order";
  const bytesLeft = isFalse && random.next() < 0.2 ? random.below(bytes.length + 1) : bytes.length;
  const cut = Buffer.from(bytes.subarray(0, bytesLeft));
  if (isFalse && random.next() < 0.2 && cut.length > 0) {
    cut[random.below(cut.length)] = random.below(256);
  }
  return { method, url, headers: type === "" ? {} : { "content-type": type }, payload: cut };
}

/** Everything about money in the invoices, and what the gateways were made to do. */
async function money(): Promise<unknown> {
  const invoices = await Promise.all(planted.ids.map((id) => core.invoice(id)));
  return {
    invoices: invoices.map(moneyOf),
    ledger: (await core.simulator.ledger()).length,
  };
}

function moneyOf({ id, state, capturedAmount, refundable, refunds, attempts, held }: Invoice) {
  const outcomes = attempts.map((one) => [one.state, one.transaction?.id]);
  return { id, state, capturedAmount, refundable, refunds, outcomes, held };
}

async function inParallel<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>) {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

describe("forged, doubled, late and garbled notices", () => {
  test(`${MUTATIONS} of seed ${SEED} move no money, and none is answered with 5xx`, async () => {
    const random = randomOf(SEED);
    const before = await money();
    const requests: ReturnType<typeof requestOf>[] = [];
    while (requests.length < MUTATIONS) {
      // Two of five are doubled: the very same once more, however late.
      const isDoubled = requests.length > 0 && random.next() < 0.4;
      requests.push(isDoubled ? random.pick(requests) : requestOf(random));
    }
    const answers = new Map<number, number>();
    const failed: string[] = [];
    await inParallel(requests, async (request, index) => {
      const { statusCode } = await app.inject(request);
      answers.set(statusCode, (answers.get(statusCode) ?? 0) + 1);
      if (statusCode >= 500) failed.push(`seed ${SEED}, notice ${index}: ${statusCode}`);
    });
    expect(failed).toEqual([]);
    // Most are believed to have come, and are looked at.
    expect(answers.get(200)).toBeGreaterThan(MUTATIONS * 0.75);

    const { inbox, clock } = core.composition;
    const deps = noticeDepsOf(core.composition);
    const states = new Map<string, number>();
    const due = await inbox.listDue(new Date(clock.now().getTime() + 1000), MUTATIONS);
    await inParallel(due, async ({ id }) => {
      const state = await applyNotice(deps, { id });
      states.set(state, (states.get(state) ?? 0) + 1);
    });
    expect(await money(), `seed ${SEED}`).toEqual(before);
    expect(states.get("applied") ?? 0).toBe(0);
    expect(states.get("flagged")).toBeGreaterThan(MUTATIONS * 0.05);
  }, 300_000);

  test("the control: one true notice among them does move money", async () => {
    const target = planted.targets.find((one) => one.gateway === "kiwoompay" && one.isUnknown);
    const url = `/webhook/kiwoom?CPID=${target?.merchantId}&PAYMETHOD=CARD&ORDERNO=${target?.orderNumber}&AMOUNT=${target?.amount}&DAOUTRX=${target?.transactionId}`;
    const before = await money();
    await app.inject({ method: "GET", url });
    const { inbox, clock } = core.composition;
    for (const { id } of await inbox.listDue(new Date(clock.now().getTime() + 1000), 1000)) {
      await applyNotice(noticeDepsOf(core.composition), { id });
    }
    expect(await money()).not.toEqual(before);
  });
});
