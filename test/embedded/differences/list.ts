import type { Difference, ForeignServer } from "./difference.ts";
import { FERRETDB } from "./ferretdb.ts";
import { MONGO_JAVA_SERVER } from "./mongo-java-server.ts";
import { SECANTUSDB } from "./secantusdb.ts";

/** What is known, and explained, to come out differently, by server. */
export const DIFFERENCES: Readonly<Record<ForeignServer, readonly Difference[]>> = {
  secantusdb: SECANTUSDB,
  ferretdb: FERRETDB,
  "mongo-java-server": MONGO_JAVA_SERVER,
};

/** The explanation of a case on a server; undefined where it must come out as MongoDB's. */
export function differenceOf(server: ForeignServer | null, name: string): Difference | undefined {
  if (server === null) return undefined;
  return DIFFERENCES[server].find(({ cases }) => cases.includes(name));
}

/** The explanations as Markdown. */
export function differencesPage(): string {
  return Object.entries(DIFFERENCES)
    .map(([server, list]) => {
      const count = list.reduce((sum, { cases }) => sum + cases.length, 0);
      const rows = list.map(
        ({ reason, page, cases }) => `| ${reason} | ${cases.length} | \`${page}\` |`,
      );
      return [
        `**${server}**: ${count} cases`,
        "",
        "| what it does | cases | manual |",
        "|---|---|---|",
        ...rows,
      ].join("\n");
    })
    .join("\n\n");
}
