import Table from "cli-table3";

/** A plain table without colours; Hangul columns align. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  rightAligned: readonly number[] = [],
): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_title, index) => (rightAligned.includes(index) ? "right" : "left")),
    chars: {
      "top-mid": "─",
      "bottom-mid": "─",
      middle: "  ",
      top: "─",
      bottom: "─",
      "top-left": "",
      "top-right": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      right: "",
      mid: "",
      "left-mid": "",
      "mid-mid": "",
      "right-mid": "",
    },
  });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString()}\n`;
}
