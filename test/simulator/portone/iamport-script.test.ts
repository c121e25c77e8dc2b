/** The script for browsers, in a page that is no more than what it touches. */
import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { startPortone } from "./support.ts";

const ORIGIN = "http://sim.example";
const PARAM = { merchant_uid: "W-1", pay_method: "card", amount: 1_004 };
const PC = "Mozilla/5.0 (X11; Linux x86_64)";
const PHONE = "Mozilla/5.0 (Linux; Android 14) Mobile";

type Rsp = Readonly<Record<string, unknown>>;
interface Imp {
  init(code: unknown): void;
  request_pay(param: unknown, callback?: (rsp: Rsp) => void): void;
}

/** Runs the script in a page, with a layer whose parts are event targets. */
async function load(userAgent: string) {
  const { base } = await startPortone();
  const text = await (await fetch(`${base}/v1/iamport.js`)).text();
  const posted: unknown[][] = [];
  const closed: string[] = [];
  const [button, dialog, window] = [new EventTarget(), new EventTarget(), new EventTarget()];
  const frame = { contentWindow: {}, closest: () => dialog };
  Object.assign(dialog, { querySelector: () => button });
  const layer = { frame, close: () => closed.push("closed") };
  const simulatorWindows = {
    post: (...all: unknown[]) => posted.push(all),
    openLayer: () => layer,
  };
  Object.assign(window, { simulatorWindows });
  const document = { currentScript: { src: `${ORIGIN}/v1/iamport.js` } };
  const location = { origin: "http://shop.example" };
  const page = { window, document, location, navigator: { userAgent }, URL, AbortController };
  runInContext(text, createContext(page));
  const heard: Rsp[] = [];
  const tell = (data: unknown, from = ORIGIN, source: unknown = frame.contentWindow) =>
    window.dispatchEvent(Object.assign(new Event("message"), { data, origin: from, source }));
  const { IMP } = window as unknown as { IMP: Imp };
  const pay = () => {
    IMP.init("imp00000000");
    IMP.request_pay(PARAM, (rsp) => heard.push(rsp));
  };
  return { IMP, pay, posted, closed, heard, tell, button, dialog };
}

const message = (rsp: Rsp) => ({ from: "portone", result: { rsp: JSON.stringify(rsp) } });

describe("iamport.js", () => {
  it("posts the order into a layer on a PC, and into the page itself on a phone", async () => {
    for (const [userAgent, device, target] of [
      [PC, "pc", "IMP_PAYMENT"],
      [PHONE, "mobile", "_self"],
    ] as const) {
      const { pay, posted } = await load(userAgent);
      pay();
      expect(posted).toEqual([
        [
          {
            imp_code: "imp00000000",
            device,
            origin: "http://shop.example",
            param: JSON.stringify(PARAM),
          },
          { action: `${ORIGIN}/_sim/portone/request-pay`, target, charset: "utf-8" },
        ],
      ]);
    }
  });

  it("wants to be initialised", async () => {
    const { IMP } = await load(PC);
    expect(() => IMP.request_pay(PARAM)).toThrow("IMP.init was not called");
    expect(() => IMP.init("")).toThrow("IMP.init wants a code");
  });

  it("tells the callback once what the window says, and believes nobody else", async () => {
    const { pay, heard, closed, tell, button } = await load(PC);
    pay();
    const rsp = { success: true, imp_uid: "imp_1" };
    tell(message(rsp), "http://evil.example");
    tell(message(rsp), ORIGIN, {});
    tell({ from: "payup", result: {} });
    tell(null);
    expect(heard).toEqual([]);
    tell(message(rsp));
    tell(message({ success: false }));
    button.dispatchEvent(new Event("click"));
    expect(heard).toEqual([rsp]);
    expect(closed).toEqual(["closed"]);
  });

  it.each(["click", "close"])("tells the callback that the layer was closed (%s)", async (type) => {
    const { pay, heard, closed, button, dialog } = await load(PC);
    pay();
    (type === "click" ? button : dialog).dispatchEvent(new Event(type));
    expect(heard).toEqual([
      {
        success: false,
        imp_uid: null,
        merchant_uid: "W-1",
        pay_method: "card",
        error_code: "SIM499",
        error_msg: "사용자가 결제를 취소하셨습니다",
      },
    ]);
    expect(closed).toEqual(["closed"]);
  });
});
