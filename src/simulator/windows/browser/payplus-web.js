// Stand-in for KCP's payplus_web.jsp: opens the payment window of the simulator that served it, and
// hands what came of it to the page's own m_Completepayment, which must be there before this is.
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { origin } = new URL(script.src);
  const wasDeclared = typeof window.m_Completepayment === "function";

  /** @param {HTMLFormElement} form */
  function fieldsOf(form) {
    /** @type {Record<string, string>} */
    const fields = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") fields[name] = value;
    }
    return fields;
  }

  window.KCP_Pay_Execute = (form) => {
    if (!wasDeclared) {
      throw new Error("m_Completepayment must be declared before payplus_web.jsp is loaded");
    }
    const name = "KCP_PAY";
    const layer = window.simulatorWindows.openLayer(name, "KCP 결제창 KCP payment window");
    /** @param {MessageEvent} event */
    const hear = (event) => {
      const { data } = event;
      if (event.origin !== origin || event.source !== layer.frame.contentWindow) return;
      if (typeof data !== "object" || data === null || data.from !== "payup") return;
      window.removeEventListener("message", hear);
      window.m_Completepayment?.(data.result, () => layer.close());
    };
    window.addEventListener("message", hear);
    window.simulatorWindows.post(
      { ...fieldsOf(form), simulator_page_origin: location.origin },
      { action: `${origin}/_sim/payup/window`, target: name, charset: "euc-kr" },
    );
  };

  window.GetField = (form, result) => {
    for (const [name, value] of Object.entries(result)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = String(value);
    }
  };
})();
