import { type Bounds, boundsOf } from "./bounds.ts";
import type { Collection } from "./collection.ts";
import { MongoError, notSupported } from "./errors.ts";
import type { Filter } from "./filter.ts";
import type { Index } from "./index-store.ts";
import { equalValues } from "./keys.ts";
import type { SortOrder } from "./sort-order.ts";
import { type Doc, type Value, isDoc, isNumber, toNumber } from "./values.ts";
import { type Wanted, holdsAll, wantedOf } from "./wanted.ts";

/** What is looked for, before it is decided how. */
export interface Question {
  readonly filter: Filter;
  readonly sort: SortOrder | null;
  /** How many documents will be taken, the skipped ones included; 0 for all. */
  readonly take: number;
  readonly hint: Value | undefined;
}

/** How the documents will be found. */
export interface Plan {
  /** Null where every document is looked at. */
  readonly index: Index | null;
  readonly bounds: Bounds;
  readonly isBackward: boolean;
  /** Whether the documents come in the order that was asked for. */
  readonly isSorted: boolean;
  /** How many keys or documents lie in the bounds. */
  readonly keys: number;
}

/** Documents that are looked at without a plan; sorting them costs nothing either. */
const FEW = 3;

const NO_BOUNDS: Bounds = { ranges: [], fixed: 0, isOneRange: false };

/** Chooses the index that costs least, or the one that was hinted. */
export function planFor(collection: Collection, question: Question): Plan {
  const wanted = wantedOf(question.filter);
  const hinted = parseHint(collection, question.hint);
  if (hinted === "natural") return collectionScan(collection, question);
  if (hinted !== null) {
    if (!holdsAll(hinted.spec, wanted)) {
      throw new MongoError(
        "NoQueryExecutionPlans",
        `the hinted index '${hinted.spec.name}' does not hold every document the filter asks for`,
      );
    }
    return indexPlan(hinted, wanted, question.sort);
  }
  // So few are read sooner than any index is asked about.
  if (collection.documents.size <= FEW) return collectionScan(collection, question);
  const usable = collection.indexes.filter((index) => holdsAll(index.spec, wanted));
  const plans = usable.map((index) => indexPlan(index, wanted, question.sort));
  return cheapest([collectionScan(collection, question), ...plans], question);
}

function cheapest(plans: readonly Plan[], { sort, take }: Question): Plan {
  const fewest = Math.max(1, Math.min(...plans.map(({ keys }) => keys)));
  const costOf = (plan: Plan): number => {
    // A key costs its look-up beside the document; a sort costs about as much again.
    const perKey = plan.index === null ? 1 : 1.1;
    if (sort !== null && !plan.isSorted) return plan.keys * (perKey + 1);
    // In the right order the scan stops early; matches are taken to lie evenly among the keys.
    const looked = take === 0 ? plan.keys : Math.min(plan.keys, (take * plan.keys) / fewest);
    return looked * perKey;
  };
  return plans.reduce((best, plan) => (costOf(plan) < costOf(best) ? plan : best));
}

function collectionScan(collection: Collection, { sort, hint }: Question): Plan {
  return {
    index: null,
    bounds: NO_BOUNDS,
    isBackward: isDoc(hint) && isNumber(hint.$natural) && toNumber(hint.$natural) === -1,
    isSorted: sort === null,
    keys: collection.documents.size,
  };
}

function indexPlan(index: Index, wanted: readonly Wanted[], sort: SortOrder | null): Plan {
  const bounds = boundsOf(index, wanted);
  const direction = sort === null ? "forward" : sortDirection(index, bounds, sort);
  const keys = bounds.ranges.reduce((sum, range) => sum + index.count(range), 0);
  return {
    index,
    bounds,
    isBackward: direction === "backward",
    isSorted: direction !== null,
    keys,
  };
}

/** In which direction a scan yields the order that was asked for, if in any. */
function sortDirection(
  index: Index,
  bounds: Bounds,
  sort: SortOrder,
): "forward" | "backward" | null {
  if (!bounds.isOneRange) return null;
  const names = Object.keys(index.spec.key);
  const isFixed = (name: string): boolean => {
    const place = names.indexOf(name);
    return place >= 0 && place < bounds.fixed && index.multikey[place] !== true;
  };
  let place = 0;
  let isBackward: boolean | null = null;
  for (const [i, name] of sort.names.entries()) {
    if (isFixed(name)) continue;
    while (place < bounds.fixed && names[place] !== name) place += 1;
    // The least of an array's elements sorts the document, and that need not be within the bounds.
    if (names[place] !== name || index.multikey[place] === true) return null;
    const runsAgainst = index.spec.shape.descending[place] !== sort.descending[i];
    if (isBackward !== null && isBackward !== runsAgainst) return null;
    isBackward = runsAgainst;
    place += 1;
  }
  return isBackward === true ? "backward" : "forward";
}

function parseHint(collection: Collection, hint: Value | undefined): Index | "natural" | null {
  if (hint === undefined || (isDoc(hint) && Object.keys(hint).length === 0)) return null;
  if (isDoc(hint) && hint.$natural !== undefined) {
    assertNatural(hint);
    return "natural";
  }
  const index = collection.indexes.find(({ spec }) =>
    typeof hint === "string" ? spec.name === hint : equalValues(spec.key, hint),
  );
  if (index !== undefined) return index;
  throw new MongoError(
    "BadValue",
    "error processing query: planner returned error: hint provided does not correspond to an existing index",
  );
}

function assertNatural(hint: Doc): void {
  const { $natural: direction } = hint;
  const number = isNumber(direction) ? toNumber(direction) : 0;
  if (Object.keys(hint).length !== 1 || (number !== 1 && number !== -1)) {
    throw notSupported("a $natural hint other than 1 or -1");
  }
}
