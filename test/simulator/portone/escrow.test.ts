import { describe, expect, it } from "vitest";
import { startWindows } from "./window-support.ts";

/** The vendor's own example. */
const DELIVERY = {
  logis: {
    invoice: "1728384716123",
    company: "CJGLS",
    receiving_at: "20220215",
    address: "성수이로20길16",
  },
  receiver: { name: "홍길동" },
  sender: { relationship: "본인" },
};

/** A payment by transfer, in escrow unless it says otherwise. */
async function start(param: Record<string, unknown> = {}) {
  const windows = await startWindows();
  await windows.control.setClock("2026-03-10T00:00:00.000Z");
  const { rsp } = await windows.press(
    await windows.open({ pay_method: "trans", escrow: true, ...param }),
  );
  const impUid = String(rsp?.imp_uid);
  return { ...windows, impUid, path: `/escrows/logis/${impUid}` };
}

describe("a delivery in escrow", () => {
  it("is told once, changed, and read", async () => {
    const { post, put, get, path } = await start();
    const at = Date.parse("2026-03-10T00:00:00Z") / 1000;
    const told = { company: "CJGLS", invoice: "1728384716123", sent_at: at, applied_at: at };
    expect(await put(path, DELIVERY)).toMatchObject({ status: 409, code: -1 });
    expect(await get(path)).toMatchObject({ status: 409 });
    expect(await post(path, DELIVERY)).toMatchObject({ status: 200, code: 0, response: told });
    expect(await post(path, DELIVERY)).toMatchObject({ status: 409, response: null });
    const changed = { ...DELIVERY, logis: { company: "LOGEN", invoice: "1", sent_at: 7 } };
    expect(await put(path, changed)).toMatchObject({ status: 200 });
    expect((await get(path)).response).toEqual({
      company: "LOGEN",
      invoice: "1",
      sent_at: 7,
      applied_at: at,
    });
  });

  it("is of a payment that is there, of this merchant's", async () => {
    const { post, put, get, send, path } = await start();
    for (const call of [post, put, (at: string) => get(at)]) {
      expect(await call("/escrows/logis/imp_1", DELIVERY)).toMatchObject({ status: 404, code: -1 });
    }
    expect(await send("POST", path, {})).toMatchObject({ status: 401 });
  });

  it.each([
    ["no sender", { ...DELIVERY, sender: undefined }],
    ["an empty receiver", { ...DELIVERY, receiver: {} }],
    ["a receiver of text", { ...DELIVERY, receiver: "홍길동" }],
    ["no company", { ...DELIVERY, logis: { invoice: "1" } }],
    ["no invoice", { ...DELIVERY, logis: { company: "CJGLS" } }],
  ])("is refused with 400: %s", async (_case, delivery) => {
    const { post, path } = await start();
    expect(await post(path, delivery)).toMatchObject({ status: 400, code: -1, response: null });
  });

  it("must say when it was sent, by switch", async () => {
    const { post, path, turn } = await start();
    await turn({ escrowSentAt: "required" });
    expect(await post(path, DELIVERY)).toMatchObject({ status: 400 });
    const dated = { ...DELIVERY, logis: { ...DELIVERY.logis, sent_at: 1 } };
    expect(await post(path, dated)).toMatchObject({ status: 200, response: { sent_at: 1 } });
  });

  it("is refused with 409 of what was not paid in escrow, is not paid yet, or went back", async () => {
    const plain = await start({ escrow: false });
    expect(await plain.post(plain.path, DELIVERY)).toMatchObject({ status: 409 });
    const waiting = await start({ pay_method: "vbank" });
    expect(await waiting.post(waiting.path, DELIVERY)).toMatchObject({ status: 409 });
    await waiting.deposit({ imp_uid: waiting.impUid });
    expect(await waiting.post(waiting.path, DELIVERY)).toMatchObject({ status: 200 });
    const refunded = await start();
    await refunded.cancel({ imp_uid: refunded.impUid });
    expect(await refunded.post(refunded.path, DELIVERY)).toMatchObject({ status: 409 });
  });

  it("can fail by rule", async () => {
    const { control, post, path, impUid } = await start();
    const match = { operation: "escrow_tell", transactionId: impUid };
    await control.addFault({ match, effect: "token_refused", times: 1 });
    expect(await post(path, DELIVERY)).toMatchObject({ status: 401 });
    expect(await post(path, DELIVERY)).toMatchObject({ status: 200 });
  });
});
