import { loadConfig } from "../config.ts";
import { createDatabase, openDatabase } from "../stores/connection.ts";
import { INDEXES, createIndexes, missingIndexes } from "../stores/indexes.ts";
import { probeUrl, refusalOf } from "../stores/server-probe.ts";
import { parseArgs } from "node:util";
import { type Command, UsageError } from "./command.ts";
import { renderTable } from "./table.ts";

/** Creates the indexes and says what it did. */
export const migrateCommand: Command = {
  name: "migrate",
  summary: "create the database's indexes and say what was done",
  usage: "billing migrate [--dry-run]\n\n  --dry-run  only say what is missing",
  async run({ args, env, out }) {
    const { values } = parseArgs({ args, options: { "dry-run": { type: "boolean" } } });
    const config = loadConfig(env);
    if (config.mongoUrl === null) {
      throw new UsageError(
        "MONGODB_URI must be set; an embedded database makes its indexes itself",
      );
    }
    const database = createDatabase();
    try {
      await openDatabase(database, config.mongoUrl);
      const refusal = refusalOf(await probeUrl(config.mongoUrl));
      if (refusal !== null) throw new UsageError(refusal);
      const lines = values["dry-run"]
        ? (await missingIndexes(database)).map((spec) => ({
            collection: spec.collection,
            index: spec.name,
            result: "missing",
          }))
        : await createIndexes(database);
      const rows = lines.map((line) => [line.collection, line.index, line.result]);
      out(renderTable(["collection", "index", "result"], rows));
      out(`${lines.length} of ${INDEXES.length} indexes\n`);
      return 0;
    } finally {
      await database.close();
    }
  },
};
