// npm run new-gateway NAME: writes an adapter that compiles, knows nothing yet, and fails its contract.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TEMPLATE = fileURLToPath(new URL("./template", import.meta.url));

const [name = ""] = process.argv.slice(2);
if (!/^[a-z][a-z0-9]{2,15}$/.test(name))
  fail("give a name of 3 to 16 of a-z and 0-9, such as tosspay");
const adapter = join(ROOT, "src/gateways", name);
const test = join(ROOT, "test/gateways", name);
for (const folder of [adapter, test]) if (existsSync(folder)) fail(`${folder} is there already`);

write("gateway", adapter, [
  ["../../../../src/gateways/", "../"],
  ["../../../../src/", "../../"],
]);
write("test", test, [
  ["../gateway/", `../../../src/gateways/${name}/`],
  ["../../../../test/gateways/", "../"],
  ["../../../../test/", "../../"],
  ["../../../../src/", "../../../src/"],
]);
process.stdout.write(
  `src/gateways/${name} and test/gateways/${name} are written. Now:\n` +
    "  npx biome format --write .\n" +
    `  npx vitest run --project unit test/gateways/${name}\n` +
    "fails, and docs/adding-a-gateway.md says what makes it pass.\n",
);

function write(from: string, to: string, paths: readonly (readonly [string, string])[]): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(join(TEMPLATE, from))) {
    const text = readFileSync(join(TEMPLATE, from, file), "utf8");
    const moved = paths.reduce(
      (so, [before, after]) => so.replaceAll(`"${before}`, `"${after}`),
      text,
    );
    writeFileSync(join(to, file), named(moved));
  }
}

function named(text: string): string {
  const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  return text
    .replaceAll("acmepay", name)
    .replaceAll("Acmepay", title)
    .replaceAll("ACMEPAY", name.toUpperCase());
}

function fail(sentence: string): never {
  process.stderr.write(`new-gateway: ${sentence}\n`);
  process.exit(2);
}
