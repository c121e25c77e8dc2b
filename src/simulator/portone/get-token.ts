import { GATEWAY, MESSAGES, refuseWith, refusing, succeeding } from "./envelope.ts";
import { mandatory, text, textOf } from "./fields.ts";
import type { Operation, Portone } from "./operation.ts";

/** POST /users/getToken: the merchant's token, for half an hour. */
export function createGetTokenOperation({ state, tokens }: Portone): Operation {
  return {
    name: "get_token",
    method: "POST",
    paths: ["/users/getToken"],
    needsToken: false,
    fields: { imp_key: mandatory(text(100)), imp_secret: mandatory(text(200)) },
    facts: ({ body }) => ({ merchant: textOf(body, "imp_key") }),
    run({ body, effect }) {
      const key = body.text("imp_key") ?? "";
      const secret = state.merchants.secretOf(GATEWAY, key);
      const isKnown = secret !== undefined && secret === body.text("imp_secret");
      if (!isKnown || effect?.kind === "token_refused") {
        return refusing(refuseWith(401, MESSAGES.unauthorized));
      }
      return succeeding(tokens.issue(key));
    },
  };
}
