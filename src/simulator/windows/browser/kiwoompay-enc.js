// Stand-in for KiwoomPay's kiwoompayEnc.js: opens the payment window of the simulator that served it.
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const action = new URL("/pay/linkEnc", script.src).href;
  const NAME = "KIWOOMPAY";
  let mode = "";
  let isReady = false;

  /** Where the window opens, by its TYPE. @param {string | undefined} type */
  function openTarget(type) {
    if (type !== "P") return "_self";
    if (mode === "FRAME") {
      window.simulatorWindows.openLayer(NAME, "키움페이 결제창 KiwoomPay payment window");
      return NAME;
    }
    const opened = window.open("", NAME, "width=468,height=750");
    if (opened === null) throw new Error("the browser blocked the popup of the payment window");
    return NAME;
  }

  window.KiwoomPaySDK = {
    f_setInit(hosts, windowMode) {
      if (hosts !== "DEV" && hosts !== "REAL") throw new Error("f_setInit wants DEV or REAL");
      if (windowMode !== "FRAME" && (windowMode ?? "") !== "") {
        throw new Error("f_setInit wants FRAME or nothing as its second value");
      }
      mode = windowMode ?? "";
      isReady = true;
    },
    f_payTotalLink(data) {
      if (!isReady) throw new Error("f_setInit was not called");
      const given = Object.entries(data).map(([name, value]) => [name, String(value)]);
      const fields = { PAYMETHOD: "TOTAL", ...Object.fromEntries(given) };
      const target = openTarget(fields.TYPE);
      window.simulatorWindows.post(fields, { action, target, charset: "euc-kr" });
    },
  };
})();
