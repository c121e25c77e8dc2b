import { MongoError, notSupported } from "../errors.ts";
import { planFor } from "../planner.ts";
import type { SortOrder } from "../sort-order.ts";
import { Arguments } from "./arguments.ts";
import { type Answer, type Command, type CommandContext, type Request, fields } from "./command.ts";
import { FIND_FIELDS, queryOf } from "./reads.ts";

/** `explain`: the plan of a find, without running it. */
export const EXPLAIN_COMMANDS: Readonly<Record<string, Command>> = {
  explain: { known: ["verbosity"], writes: false, run: explain },
};

const COMMON_INSIDE = ["$db", "lsid", "comment", "maxTimeMS"];

function explain({ database, args }: Request, { store }: CommandContext): Answer {
  const verbosity = args.string("verbosity");
  if (verbosity !== "queryPlanner") {
    throw notSupported(`explain with the verbosity '${verbosity}' (only 'queryPlanner')`);
  }
  const inner = new Arguments("find", args.doc("explain"));
  if (inner.fields.find === undefined) throw notSupported("explain of anything but find");
  inner.assertOnly({
    known: ["find", ...FIND_FIELDS.known, ...COMMON_INSIDE],
    refused: FIND_FIELDS.refused,
  });
  const query = queryOf(inner);
  const collection = store.find(database, inner.string("find"));
  const namespace = `${database}.${inner.string("find")}`;
  if (collection === undefined) {
    return fields({ queryPlanner: { namespace, winningPlan: { stage: "EOF" } } });
  }
  const take = query.limit === 0 ? 0 : query.skip + query.limit;
  const plan = planFor(collection, { ...query, take });
  const direction = plan.isBackward ? "backward" : "forward";
  const scan =
    plan.index === null
      ? { stage: "COLLSCAN", direction, documentsToExamine: plan.keys }
      : {
          stage: "FETCH",
          inputStage: {
            stage: "IXSCAN",
            indexName: plan.index.spec.name,
            keyPattern: plan.index.spec.key,
            isMultiKey: plan.index.multikey.some(Boolean),
            direction,
            ranges: plan.bounds.ranges.length,
            keysToExamine: plan.keys,
          },
        };
  const winningPlan = plan.isSorted ? scan : { ...sortStage(query.sort), inputStage: scan };
  return fields({ queryPlanner: { namespace, winningPlan } });
}

function sortStage(sort: SortOrder | null): { stage: "SORT"; sortPattern: Record<string, number> } {
  if (sort === null) throw new MongoError("BadValue", "a plan that sorts without an order");
  const directions = sort.names.map((name, i) => [name, sort.descending[i] === true ? -1 : 1]);
  return { stage: "SORT", sortPattern: Object.fromEntries(directions) as Record<string, number> };
}
