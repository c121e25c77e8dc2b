// Opens a gateway's payment window, as the gateways' own documents do it.

/**
 * @typedef {object} Prepared
 * @property {string} orderId
 * @property {string} paymentId
 * @property {string} provider
 * @property {"pc" | "mobile"} device
 * @property {string} status
 * @property {Record<string, unknown>} sdkData
 * @property {string[]} init
 * @property {string | null} script
 * @property {string | null} action
 * @property {string} returnUrl
 */

/**
 * What a window tells the page that opened it; neither is believed by the server.
 *
 * @typedef {object} Listener
 * @property {(impUid: string | undefined) => void} ended
 * @property {(message: string) => void} refused
 */

/**
 * @param {Prepared} prepared
 * @param {Listener} listener
 */
export async function openWindow(prepared, listener) {
  if (prepared.script === null) return postForm(prepared);
  if (prepared.provider === "payup") return openPayup(prepared, prepared.script, listener);
  await loadScript(prepared.script);
  if (prepared.provider === "portone") openPortone(prepared, listener);
  else openKiwoompay(prepared);
}

/** @param {Prepared} prepared */
function openKiwoompay({ init, sdkData }) {
  KiwoomPaySDK.f_setInit(...init);
  KiwoomPaySDK.f_payTotalLink(sdkData);
}

/**
 * @param {Prepared} prepared
 * @param {Listener} listener
 */
function openPortone({ init, sdkData }, listener) {
  IMP.init(...init);
  IMP.request_pay(sdkData, (answer) => {
    if (typeof answer.error_msg === "string") listener.refused(answer.error_msg);
    listener.ended(answer.imp_uid ?? undefined);
  });
}

/**
 * KCP's script calls a function of this name, which must be there before it.
 *
 * @param {Prepared} prepared
 * @param {string} script
 * @param {Listener} listener
 */
async function openPayup(prepared, script, listener) {
  const form = formOf("order_info", prepared.returnUrl, prepared.sdkData);
  window.m_Completepayment = (answer, closeWindow) => {
    GetField(form, answer);
    if (valueIn(form, "res_cd") === "0000") {
      form.submit();
      return;
    }
    listener.refused(`[${valueIn(form, "res_cd")}] ${valueIn(form, "res_msg")}`);
    closeWindow();
  };
  await loadScript(script);
  KCP_Pay_Execute(form);
}

/**
 * On a phone the window takes the whole page.
 *
 * @param {Prepared} prepared
 */
function postForm({ action, sdkData }) {
  formOf("form", action ?? "", sdkData).submit();
}

/**
 * @param {string} name
 * @param {string} action
 * @param {Record<string, unknown>} fields
 */
function formOf(name, action, fields) {
  document.querySelector(`form[name=${name}]`)?.remove();
  const form = document.createElement("form");
  form.name = name;
  form.method = "post";
  form.action = action;
  form.acceptCharset = "euc-kr";
  for (const [field, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = field;
    input.value = String(value);
    form.append(input);
  }
  document.body.append(form);
  return form;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function valueIn(form, name) {
  const input = form.elements.namedItem(name);
  return input instanceof HTMLInputElement ? input.value : "";
}

/** @type {Map<string, Promise<void>>} */
const loading = new Map();

/**
 * Loads it once, however often windows are opened.
 *
 * @param {string} source
 */
function loadScript(source) {
  const known = loading.get(source);
  if (known !== undefined) return known;
  const loaded = new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", () => resolve(undefined));
    script.addEventListener("error", () => {
      loading.delete(source);
      reject(new Error(`${source} could not be loaded`));
    });
    document.head.append(script);
  });
  loading.set(source, loaded);
  return loaded;
}
