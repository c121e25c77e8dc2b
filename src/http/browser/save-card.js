// `/test.html`: saves a card.
import { addressOf, call, newKey } from "./call.js";
import { one, openForm } from "./form.js";
import { element, facts, headline, nextStep, pressed, show, showResult } from "./show.js";
import { gatewayName, say } from "./texts.js";

/** @typedef {{ billingKey: string, gateway: string, cardName: string | null, maskedNumber: string, customerId: string }} SavedCard */

/** What every test card takes. */
const SAMPLE = { expireDate: "4912", cardPassword: "12", birthDate: "901231" };

let key = newKey();

const page = openForm({
  async send(form) {
    const digits = (/** @type {string} */ name) => form.value(name)?.replaceAll(/[\s-]/g, "");
    /** @type {import("./call.js").Reply<SavedCard>} */
    const reply = await call("POST", "/billing/register", {
      apiKey: form.value("apiKey"),
      key,
      body: {
        gateway: form.value("gateway"),
        cardNumber: digits("cardNumber"),
        expireDate: digits("expireDate"),
        cardPassword: digits("cardPassword"),
        birthDate: digits("birthDate"),
        customerName: form.value("customerName"),
        customerId: form.value("customerId"),
      },
    });
    if (reply.kind === "unreachable") return form.sayUnreachable();
    key = newKey();
    if (reply.kind === "problem") {
      // Only while something is to be corrected do the card's digits stay in the form.
      if (![400, 401].includes(reply.problem.status)) form.forgetSecrets();
      return form.refuse(reply.problem);
    }
    form.forgetSecrets();
    form.setOver(true);
    tellSaved(reply.body);
  },
});

/** @param {SavedCard} card */
function tellSaved(card) {
  const { billingKey, customerId, gateway } = card;
  const next = addressOf("/test-pay.html", { billingKey, customerId, gateway });
  showResult(
    headline("good", say("saved")),
    facts([
      [say("card"), [card.cardName, card.maskedNumber].filter((part) => part !== null).join(" ")],
      [say("billingKey"), billingKey],
      [say("customer"), customerId],
      [say("gateway"), gatewayName(gateway)],
    ]),
    element("p", nextStep(next, say("chargeIt")), " ", pressed(say("another"), startAgain)),
  );
}

function startAgain() {
  show("#result");
  page.setOver(false);
  one("#cardNumber", HTMLInputElement).focus();
}

for (const button of document.querySelectorAll("button[data-card]")) {
  button.addEventListener("click", () => {
    if (!(button instanceof HTMLElement)) return;
    startAgain();
    page.fill("cardNumber", button.dataset["card"] ?? "");
    for (const [name, value] of Object.entries(SAMPLE)) page.fill(name, value);
    one("#form button[type=submit]", HTMLButtonElement).focus();
  });
}
