import { renderTable } from "../../src/cli/table.ts";

/** One line of the table: the middle of the rounds, and how far they lie apart. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly range: readonly [number, number];
  readonly aim?: string;
  /** CPU of the server's process for one of the unit's things. */
  readonly serverMicros?: number;
}

/** The figure of several rounds. */
export function figureOf(name: string, unit: string, samples: readonly number[]): Figure {
  const sorted = samples.map(Math.round).toSorted((a, b) => a - b);
  const at = (place: number): number => sorted[place] ?? 0;
  const median = at(Math.floor(sorted.length / 2));
  return { name, unit, median, range: [at(0), at(sorted.length - 1)] };
}

/** All figures for people. */
export function figureTable(figures: readonly Figure[]): string {
  return renderTable(
    ["what", "median", "range", "unit", "aim", "server CPU, µs each"],
    figures.map(({ name, unit, median, range, aim, serverMicros }) => [
      name,
      String(median),
      `${range[0]} to ${range[1]}`,
      unit,
      aim ?? "",
      serverMicros === undefined ? "" : String(serverMicros),
    ]),
  );
}
