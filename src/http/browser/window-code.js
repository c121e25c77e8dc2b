// The code that opens a window, with the values of an order: to be copied into a shop.

import { say } from "./texts.js";

/** @typedef {import("./open-window.js").Prepared} Prepared */

const FIELDS = `  <!-- ${say("codeEach")} -->\n  <input type="hidden" name="{name}" value="{value}">`;

/**
 * @param {Record<string, unknown>} order What was sent to be prepared.
 * @param {Prepared} prepared
 */
export function windowCode(order, prepared) {
  return [
    `// 1. ${say("codePrepare")}`,
    `const prepared = await fetch(${quote(`${location.origin}/easypay/prepare`)}, {`,
    '  method: "POST",',
    "  headers: {",
    '    "content-type": "application/json",',
    '    authorization: "Bearer <API key>",',
    "  },",
    `  body: JSON.stringify(${indent(JSON.stringify(order, null, 2))}),`,
    "}).then((answer) => answer.json());",
    "",
    `// 2. ${say("codeOpen")}`,
    ...openingCode(prepared),
    "",
    `// 3. ${say("codeAsk")}`,
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
      `  // ${say("codeConfirm")}`,
      "  // POST /easypay/confirm { orderId, impUid: answer.imp_uid }",
      "});",
    ];
  }
  if (provider === "payup") {
    return [
      '<form name="order_info" method="post" accept-charset="euc-kr" action="{prepared.returnUrl}">',
      FIELDS,
      "</form>",
      `// ${say("codeDeclare")}`,
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
    FIELDS,
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
