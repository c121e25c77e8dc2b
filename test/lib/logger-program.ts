/** Logs what a caller might pass by mistake; the test reads what comes out. */
import { AxiosError, type InternalAxiosRequestConfig } from "axios";
import { createLogger } from "../../src/lib/logger.ts";

const toStderr = process.argv.includes("--stderr");
const log = createLogger({ level: "info", name: "test", toStderr });
const card = {
  cardNumber: "4111111111111111",
  cardPassword: "12-secret",
  birthDate: "900101",
  billingKeyValue: "BILLKEY_1",
};
const config = { url: "/pay", data: JSON.stringify(card) } as InternalAxiosRequestConfig;

log.info({ invoiceId: "sub_1-p0", amount: 9900 }, "charge is sent");
log.debug({ invoiceId: "hidden-level" }, "below the level");
log.warn({ request: card }, "a body by mistake");
log.warn(card, "a card by mistake");
log.error({ err: new AxiosError("timeout", "ECONNABORTED", config, { body: card }) }, "failed");
log.info({ req: { headers: { authorization: "Bearer secret-key" }, body: card } }, "request");
