// The code that opens a window, with the values of an order: to be copied into a shop.

/** @typedef {import("./open-window.js").Prepared} Prepared */

/**
 * @param {Record<string, unknown>} order What was sent to be prepared.
 * @param {Prepared} prepared
 */
export function windowCode(order, prepared) {
  return [
    "// 1. Your server prepares the order; the amount is yours, never the browser's.",
    `const prepared = await fetch(${quote(`${location.origin}/easypay/prepare`)}, {`,
    '  method: "POST",',
    '  headers: { "content-type": "application/json", authorization: "Bearer <API key>" },',
    `  body: JSON.stringify(${indent(JSON.stringify(order, null, 2))}),`,
    "}).then((answer) => answer.json());",
    "",
    "// 2. The customer's browser opens the window with what was prepared.",
    ...openingCode(prepared),
    "",
    "// 3. Your server asks what became of it. Nothing else counts as paid.",
    `fetch(${quote(`${location.origin}/easypay/status/${prepared.orderId}`)}, {`,
    '  headers: { authorization: "Bearer <API key>" },',
    "});",
  ].join("\n");
}

/**
 * @param {Prepared} prepared
 * @returns {string[]}
 */
function openingCode(prepared) {
  const { provider, script, init } = prepared;
  if (script === null) return formCode(prepared);
  const tag = `<script src=${quote(script)}></script>`;
  const args = init.map(quote).join(", ");
  if (provider === "portone") {
    return [
      tag,
      `IMP.init(${args});`,
      "IMP.request_pay(prepared.sdkData, (answer) => {",
      "  // Tell your server answer.imp_uid: it calls POST /easypay/confirm { orderId, impUid }.",
      "});",
    ];
  }
  if (provider === "payup") {
    return [
      '<form name="order_info" method="post" accept-charset="euc-kr" action="{prepared.returnUrl}">',
      '  <input type="hidden" name="{name}" value="{value}">  <!-- each of prepared.sdkData -->',
      "</form>",
      "// Declared before KCP's script:",
      "function m_Completepayment(FormOrJson, closeEvent) {",
      "  const form = document.order_info;",
      "  GetField(form, FormOrJson);",
      '  if (form.res_cd.value === "0000") form.submit();',
      "  else closeEvent();",
      "}",
      tag,
      "KCP_Pay_Execute(document.order_info);",
    ];
  }
  return [
    tag,
    `KiwoomPaySDK.f_setInit(${args});`,
    "KiwoomPaySDK.f_payTotalLink(prepared.sdkData);",
  ];
}

/**
 * @param {Prepared} prepared
 * @returns {string[]}
 */
function formCode({ action }) {
  return [
    `<form name="form" method="post" accept-charset="euc-kr" action=${quote(action ?? "")}>`,
    '  <input type="hidden" name="{name}" value="{value}">  <!-- each of prepared.sdkData -->',
    "</form>",
    "document.form.submit();",
  ];
}

/** @param {string} text */
function quote(text) {
  return JSON.stringify(text);
}

/** @param {string} text */
function indent(text) {
  return text.replaceAll("\n", "\n  ");
}
