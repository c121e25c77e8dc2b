/**
 * Draws docs/demo.svg from a real run of the demo: what it prints, line by line.
 *
 *   node --import tsx scripts/draw-demo.ts
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const CELL_WIDTH = 8.4;
const LINE_HEIGHT = 19;
const MARGIN = 18;

const ran = spawnSync(process.execPath, ["bin/billing.js", "demo", "--once"], { encoding: "utf8" });
if (ran.status !== 0) throw new Error(`the demo ended with ${ran.status}: ${ran.stderr}`);

const told = ran.stderr.trimEnd().split("\n");
const lines = [
  "$ npm run demo",
  ...told.slice(0, 5),
  "…",
  ...aroundCases(told),
  "…",
  ...ran.stdout.trimEnd().split("\n"),
];
writeFileSync("docs/demo.svg", drawTerminal(lines));

/** Each named case with the line of its day. */
function aroundCases(all: string[]): string[] {
  return all.flatMap((line, index) =>
    line.includes("★")
      ? [...(all[index - 1]?.includes("★") ? [] : [all[index - 1] ?? ""]), line]
      : [],
  );
}

function drawTerminal(texts: string[]): string {
  const columns = Math.max(...texts.map(widthOf));
  const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN);
  const height = texts.length * LINE_HEIGHT + 2 * MARGIN;
  const rows = texts.map((text, row) => drawLine(text, MARGIN + (row + 0.75) * LINE_HEIGHT));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Terminal output of the demo">
<rect width="100%" height="100%" rx="8" fill="#151a21"/>
<g font-family="ui-monospace, Menlo, Consolas, 'Noto Sans Mono CJK KR', monospace" font-size="14" fill="#d7dde5" xml:space="preserve">
${rows.join("\n")}
</g>
</svg>
`;
}

/** Every run of narrow or wide characters stands at its own column, whatever the font's widths are. */
function drawLine(text: string, y: number): string {
  const fill = text.includes("★") ? ' fill="#f2c14e"' : "";
  let column = 0;
  const runs = text.match(/ {2,}|[\u1100-\uffdc]+|(?:(?! {2})[^\u1100-\uffdc])+/g) ?? [];
  const parts = runs.map((run) => {
    if (run.trim() === "") {
      column += run.length;
      return "";
    }
    const x = (MARGIN + column * CELL_WIDTH).toFixed(1);
    const length = (widthOf(run) * CELL_WIDTH).toFixed(1);
    column += widthOf(run);
    return `<tspan x="${x}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeXml(run)}</tspan>`;
  });
  return `<text y="${y.toFixed(1)}"${fill}>${parts.join("")}</text>`;
}

function widthOf(text: string): number {
  const wide = text.match(/[\u1100-\uffdc]/g)?.length ?? 0;
  return text.length + wide;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
