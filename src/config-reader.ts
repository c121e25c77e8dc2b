import { CONFIG_KEYS, type ConfigName } from "./config-keys.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one and collects what is wrong with them. */
export interface Reader {
  readonly faults: string[];
  fault(name: ConfigName, sentence: string): void;
  /** The value as set, without its default. */
  raw(name: ConfigName): string;
  text(name: ConfigName): string;
  list(name: ConfigName): string[];
  integer(name: ConfigName, min: number, max: number): number;
  flag(name: ConfigName): boolean;
  oneOf<T extends string>(name: ConfigName, values: readonly T[]): T;
  matching(name: ConfigName, pattern: RegExp, what: string): string;
  url(name: ConfigName, protocols: readonly string[]): string | null;
}

/** A reader of this environment; nothing at fault yet. */
export function createReader(environment: Environment): Reader {
  const faults: string[] = [];
  const fault = (name: ConfigName, sentence: string) => {
    const line = `${name}: ${sentence}`;
    if (!faults.includes(line)) faults.push(line);
  };
  const raw = (name: ConfigName) => (environment[name] ?? "").trim();
  const text = (name: ConfigName) => raw(name) || (CONFIG_KEYS[name].default ?? "");
  return {
    faults,
    fault,
    raw,
    text,
    list: (name) =>
      text(name)
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    integer(name, min, max) {
      const value = Number(text(name));
      if (Number.isInteger(value) && value >= min && value <= max) return value;
      fault(
        name,
        `must be a whole number from ${min} to ${max}, not ${JSON.stringify(text(name))}`,
      );
      return Number(CONFIG_KEYS[name].default);
    },
    flag(name) {
      if (!["true", "false"].includes(text(name))) {
        fault(name, `must be true or false, not ${JSON.stringify(text(name))}`);
      }
      return text(name) === "true";
    },
    oneOf(name, values) {
      const found = values.find((value) => value === text(name));
      if (found !== undefined) return found;
      fault(name, `must be ${values.join(" or ")}, not ${JSON.stringify(text(name))}`);
      return values[0] as (typeof values)[number];
    },
    matching(name, pattern, what) {
      if (!pattern.test(text(name))) fault(name, `must be ${what}`);
      return text(name);
    },
    url(name, protocols) {
      if (text(name) === "") return null;
      const url = URL.canParse(text(name)) ? new URL(text(name)) : null;
      // A URL may hold a password: it is not repeated.
      if (url === null || !protocols.includes(url.protocol)) {
        fault(
          name,
          `must be a URL that begins with ${protocols.map((one) => `${one}//`).join(" or ")}`,
        );
      }
      return text(name).replace(/\/$/, "");
    },
  };
}
