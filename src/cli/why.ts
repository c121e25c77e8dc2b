import { parseArgs } from "node:util";
import { explainAny, isBillingDay } from "../billing/explain-period.ts";
import type { Language } from "../billing/texts/language.ts";
import { presentExplanation } from "../billing/texts/present-explanation.ts";
import { sayChangers, sentenceOf } from "../billing/texts/why-sentence.ts";
import { BillingError } from "../domain/errors.ts";
import type { Explanation } from "../domain/why.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { withComposition } from "./with-composition.ts";

/** Why a period or a payment is charged or not, in one sentence. */
export const whyCommand: Command = {
  name: "why",
  summary: "say why something is charged or not, and what happens next",
  usage:
    "billing why SUBSCRIPTION|CUSTOMER [--on 2026-03-15] [--lang en|ko] [--json]\n" +
    "billing why ORDER_NUMBER|PAYMENT [--lang en|ko] [--json]",
  async run(context) {
    const { values, positionals } = parseArgs({
      args: context.args,
      allowPositionals: true,
      options: {
        on: { type: "string" },
        lang: { type: "string" },
        json: { type: "boolean" },
      },
    });
    const [id] = positionals;
    if (id === undefined || positionals.length > 1) {
      throw new UsageError("give one id: of a subscription, customer, payment or order number");
    }
    const on = readDay(values.on);
    const language = readLanguage(values.lang, context);
    const explained = await withComposition(context, (composition) =>
      explainAny(composition, { id, on, zone: composition.config.zone }).catch(refuseDay),
    );
    for (const one of explained) {
      context.out(values.json ? jsonLine(one, language) : lines(one, language));
    }
    return 0;
  },
};

/** A payment has no other day than its own. */
function refuseDay(error: unknown): never {
  if (error instanceof BillingError && error.pointer === "/on") {
    throw new UsageError("--on goes with a subscription or a customer, not with one payment");
  }
  throw error;
}

function readDay(on: string | undefined): string | null {
  if (on === undefined || isBillingDay(on)) return on ?? null;
  throw new UsageError(`--on must be a day such as 2026-03-15, not ${on}`);
}

/** The language that is asked for, else that of the machine. */
export function readLanguage(lang: string | undefined, { env }: CommandContext): Language {
  if (lang === undefined) {
    const locale = env["LC_ALL"] ?? env["LC_MESSAGES"] ?? env["LANG"] ?? "";
    return locale.startsWith("ko") ? "ko" : "en";
  }
  if (lang === "ko" || lang === "en") return lang;
  throw new UsageError(`--lang must be ko or en, not ${lang}`);
}

function jsonLine(explanation: Explanation, language: Language): string {
  return `${JSON.stringify(presentExplanation(explanation, language))}\n`;
}

function lines(explanation: Explanation, language: Language): string {
  const { attempts, subscriptionId, invoiceId, whoCanChange } = explanation;
  const about = { en: "About", ko: "대상" }[language];
  const change = { en: "Who can change it", ko: "바꿀 수 있는 사람" }[language];
  const evidence = attempts.map((attempt) => {
    const code = attempt.decline === null ? "" : ` ${attempt.decline.rawCode}`;
    return `  ${attempt.orderNumber}  ${attempt.state}${code}  ${attempt.initiatedAt.toISOString()}\n`;
  });
  return (
    `${sentenceOf(explanation, language)}\n` +
    `${about}: ${invoiceId ?? subscriptionId ?? ""}\n` +
    `${change}: ${sayChangers(whoCanChange, language)}\n${evidence.join("")}`
  );
}
