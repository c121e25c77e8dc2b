/** Raised when a request to the control API is not understood; the message says what would be. */
export class ControlInputError extends Error {
  readonly code = "INVALID_CONTROL_INPUT";
}

/** The value as a plain object that has no other keys than these. */
export function readObject(
  value: unknown,
  where: string,
  allowed: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ControlInputError(`${where} must be a JSON object`);
  }
  for (const key of Object.keys(value)) {
    if (allowed.includes(key)) continue;
    throw new ControlInputError(
      `${where} has no field "${key.slice(0, 60)}"; it knows ${allowed.join(", ")}`,
    );
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A non-empty text of at most 200 characters. */
export function readText(value: unknown, where: string): string {
  if (typeof value !== "string" || value === "" || value.length > 200) {
    throw new ControlInputError(`${where} must be a text of 1 to 200 characters`);
  }
  return value;
}

/** A whole number between the two bounds, both included. */
export function readWhole(
  value: unknown,
  where: string,
  [min, max]: readonly [number, number],
): number {
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
    throw new ControlInputError(`${where} must be a whole number from ${min} to ${max}`);
  }
  return Number(value);
}

/** One of the listed words. */
export function readChoice<Choice extends string>(
  value: unknown,
  where: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new ControlInputError(`${where} must be one of ${choices.join(", ")}`);
  }
  return found;
}
