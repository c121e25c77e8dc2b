// Stand-in for PortOne's iamport.js: opens the payment window of the simulator that served it.
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { origin } = new URL(script.src);
  const action = `${origin}/_sim/portone/request-pay`;
  const NAME = "IMP_PAYMENT";
  let code = "";

  /** @param {Readonly<Record<string, unknown>>} param */
  function givenUp({ merchant_uid, pay_method }) {
    const error = { error_code: "SIM499", error_msg: "사용자가 결제를 취소하셨습니다" };
    return { success: false, imp_uid: null, merchant_uid, pay_method, ...error };
  }

  /**
   * On a PC: a layer on the page, and the callback hears what came of it, once.
   * @param {Readonly<Record<string, unknown>>} param
   * @param {((rsp: Readonly<Record<string, unknown>>) => void) | undefined} callback
   */
  function openOnPage(param, callback) {
    const layer = window.simulatorWindows.openLayer(NAME, "포트원 결제창 PortOne payment window");
    const listening = new AbortController();
    const { signal } = listening;
    /** @param {Readonly<Record<string, unknown>>} rsp */
    const end = (rsp) => {
      if (signal.aborted) return;
      listening.abort();
      layer.close();
      callback?.(rsp);
    };
    /** @param {MessageEvent} event */
    const hear = ({ origin: from, source, data }) => {
      if (from !== origin || source !== layer.frame.contentWindow) return;
      if (typeof data !== "object" || data === null || data.from !== "portone") return;
      end(JSON.parse(data.result.rsp));
    };
    window.addEventListener("message", hear, { signal });
    // Whoever closes the layer itself, by its button or the Escape key, has given up.
    const dialog = layer.frame.closest("dialog");
    dialog?.addEventListener("close", () => end(givenUp(param)), { signal });
    dialog
      ?.querySelector("button")
      ?.addEventListener("click", () => end(givenUp(param)), { signal });
  }

  window.IMP = {
    init(impCode) {
      if (typeof impCode !== "string" || impCode === "") throw new Error("IMP.init wants a code");
      code = impCode;
    },
    request_pay(param, callback) {
      if (code === "") throw new Error("IMP.init was not called");
      const isPhone = /Mobi|Android/i.test(navigator.userAgent);
      const device = isPhone ? "mobile" : "pc";
      const fields = {
        imp_code: code,
        device,
        origin: location.origin,
        param: JSON.stringify(param),
      };
      if (!isPhone) openOnPage(param, callback);
      const target = isPhone ? "_self" : NAME;
      window.simulatorWindows.post(fields, { action, target, charset: "utf-8" });
    },
  };
})();
