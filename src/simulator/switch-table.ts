import { ControlInputError, readChoice, readObject, readWhole } from "./strict-input.ts";

/** One thing that no document settles: a choice of words, or a whole number. */
type Switch =
  | { readonly kind: "choice"; readonly values: readonly [string, ...string[]] }
  | { readonly kind: "whole"; readonly otherwise: number; readonly max: number };

/** The switches of one gateway, by name. The first choice, the harsh reading, is the default. */
export type SwitchTable = Readonly<Record<string, Switch>>;

/** Where the switches of a table stand. */
export type SwitchValues<Table extends SwitchTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { kind: "choice"; values: infer Values }
    ? Values extends readonly (infer Value)[]
      ? Value
      : never
    : number;
};

/** A switch between words; the first one is the default. */
export function choice<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return { kind: "choice", values } as const;
}

/** A switch that is a whole number from 0 to `max`. */
export function whole(otherwise: number, max: number) {
  return { kind: "whole", otherwise, max } as const;
}

/** All switches of a table at their defaults. */
export function defaultsOf<Table extends SwitchTable>(table: Table): SwitchValues<Table> {
  const entries = Object.entries(table).map(([name, one]) => [
    name,
    one.kind === "choice" ? one.values[0] : one.otherwise,
  ]);
  return Object.fromEntries(entries) as SwitchValues<Table>;
}

/** Reads the named switches strictly; those that are not named are left out. */
export function readSwitches<Table extends SwitchTable>(
  table: Table,
  input: unknown,
  where: string,
): Partial<SwitchValues<Table>> {
  const given = readObject(input, where, Object.keys(table));
  const entries = Object.entries(given).map(([name, value]) => {
    const one = table[name];
    if (one === undefined) throw new ControlInputError(`${where}.${name} is not known`);
    const path = `${where}.${name}`;
    return [
      name,
      one.kind === "choice"
        ? readChoice(value, path, one.values)
        : readWhole(value, path, [0, one.max]),
    ];
  });
  return Object.fromEntries(entries) as Partial<SwitchValues<Table>>;
}
