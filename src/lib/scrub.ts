/** Free text from outside, made fit to be kept. */

const TEXT_LENGTH_MAX = 200;
/** What is looked at; long enough that a secret cut at its end lies far behind what is kept. */
const INPUT_LENGTH_MAX = 8_000;
const REMOVED = "[removed]";

/** Thirteen or more digits, however they are grouped: card numbers have thirteen to nineteen. */
const CARD_LIKE = /\p{Nd}(?:[\s\p{Pd}._]{0,2}\p{Nd}){12,}/gu;

export interface ScrubOptions {
  /** Values of the call at hand that a gateway might echo. */
  secrets?: readonly string[];
  lengthMax?: number;
}

/** The text without anything that looks like a card number, without the secrets, and short. */
export function scrub(text: string, options: ScrubOptions = {}): string {
  const looked = text.slice(0, INPUT_LENGTH_MAX);
  const clean = removeSecrets(looked, options.secrets ?? [])
    .replace(CARD_LIKE, REMOVED)
    .replace(/[\p{Cc}\p{Cs}]+/gu, " ")
    .trim();
  // Removing shortens the text: the digits at the cut may be the head of a longer number.
  const whole = text.length > looked.length ? clean.replace(/[\p{Nd}\s\p{Pd}._]+$/u, "") : clean;
  return whole.slice(0, options.lengthMax ?? TEXT_LENGTH_MAX);
}

function removeSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length > 0)
    .reduce((left, secret) => left.replaceAll(toPattern(secret), REMOVED), text);
}

/** Short numbers (an expiry, two password digits) count only where they stand alone. */
function toPattern(secret: string): RegExp {
  const literal = secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return /^\d+$/.test(secret)
    ? new RegExp(`(?<!\\d)${literal}(?!\\d)`, "g")
    : new RegExp(literal, "g");
}
