import { AGGREGATIONS } from "./aggregations.cases.ts";
import { BULK_WRITES } from "./bulk-writes.cases.ts";
import type { Case } from "./case.ts";
import { CURSORS } from "./cursors.cases.ts";
import { ARRAYS_AND_PATHS } from "./filters-arrays.cases.ts";
import { COMPARISONS } from "./filters-compare.cases.ts";
import { LOGIC } from "./filters-logic.cases.ts";
import { FIND_AND_MODIFY } from "./find-and-modify.cases.ts";
import { NUMBERS } from "./numbers.cases.ts";
import { PARTIAL_INDEXES } from "./partial-indexes.cases.ts";
import { PROJECTIONS } from "./projections.cases.ts";
import { SORTS } from "./sorts.cases.ts";
import { UNIQUE_INDEXES } from "./unique-indexes.cases.ts";
import { ARRAY_UPDATES } from "./update-arrays.cases.ts";
import { FIELD_UPDATES } from "./update-fields.cases.ts";
import { POSITIONAL_UPDATES } from "./update-positions.cases.ts";
import { REFUSED_UPDATES } from "./update-refused.cases.ts";
import { UPSERTS } from "./upserts.cases.ts";
import { WRITES } from "./writes.cases.ts";

/** Everything that is expected of a MongoDB server, whoever wrote it. */
export const TABLE: readonly Case[] = [
  ...COMPARISONS,
  ...ARRAYS_AND_PATHS,
  ...LOGIC,
  ...SORTS,
  ...PROJECTIONS,
  ...CURSORS,
  ...AGGREGATIONS,
  ...FIELD_UPDATES,
  ...ARRAY_UPDATES,
  ...POSITIONAL_UPDATES,
  ...REFUSED_UPDATES,
  ...NUMBERS,
  ...UPSERTS,
  ...UNIQUE_INDEXES,
  ...PARTIAL_INDEXES,
  ...WRITES,
  ...BULK_WRITES,
  ...FIND_AND_MODIFY,
];
