import { COMMON_FIELDS } from "./commands/arguments.ts";
import { COMMANDS } from "./commands/dispatch.ts";
import { FIELD_OPERATORS } from "./filter-tests.ts";
import { TOP_LEVEL_OPERATORS } from "./filter.ts";
import { ACCUMULATORS } from "./group.ts";
import { INDEX_OPTIONS } from "./index-spec.ts";
import { STAGES } from "./pipeline.ts";
import { UPDATE_OPERATORS } from "./update-operators.ts";
import { TYPE_CODES } from "./values.ts";

/** What the server supports, as Markdown, from the tables by which it works. */
export function supportList(): string {
  const commands = Object.entries(COMMANDS).map(
    ([name, { known }]) => `| \`${name}\` | ${codes(known) || "(none)"} |`,
  );
  return [
    "| command | fields it takes |",
    "|---|---|",
    ...commands,
    "",
    `Every command also takes ${codes(COMMON_FIELDS)}.`,
    "",
    `- Filter: ${codes([...TOP_LEVEL_OPERATORS, ...Object.keys(FIELD_OPERATORS), "$regex", "$options"])}`,
    `- Update: ${codes(Object.keys(UPDATE_OPERATORS))}; positions ${codes(["$", "$[]", "$[id]"])}`,
    `- Aggregation: ${codes(Object.keys(STAGES))}; in \`$group\` ${codes(Object.keys(ACCUMULATORS))}`,
    `- Index options: ${codes(INDEX_OPTIONS)}`,
    `- BSON types: ${codes(Object.keys(TYPE_CODES))}`,
  ].join("\n");
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" ");
}
