import { MongoError, notSupported } from "./errors.ts";
import { type Path, parsePath } from "./paths.ts";
import { type Doc, type Value, assertStorable, fieldOf, isDoc } from "./values.ts";

/** Computes a value from a document; undefined stands for missing. */
export type Expression = (doc: Doc) => Value | undefined;

/** Parses a field path (`"$a.b"`), a constant, or a document of these. */
export function parseExpression(source: Value): Expression {
  if (typeof source === "string" && source.startsWith("$")) return fieldPath(source);
  if (Array.isArray(source)) throw notSupported("an array as an expression");
  if (!isDoc(source)) {
    assertStorable(source);
    return () => source;
  }
  const fields = Object.entries(source).map(([field, inner]) => {
    if (field.startsWith("$")) throw notSupported(`the expression operator ${field}`);
    if (field.includes(".")) {
      throw new MongoError("BadValue", `the field name '${field}' of an expression holds a dot`);
    }
    return { field, compute: parseExpression(inner) };
  });
  return (doc) => {
    const result: Doc = {};
    for (const { field, compute } of fields) {
      const value = compute(doc);
      if (value !== undefined) result[field] = value;
    }
    return result;
  };
}

function fieldPath(source: string): Expression {
  if (source.startsWith("$$")) throw notSupported(`the variable ${source}`);
  const path = parsePath(source.slice(1));
  if (path.some((part) => part.startsWith("$"))) throw notSupported(`the field path ${source}`);
  return (doc) => valueOf(doc, path, 0);
}

/** A path through an array gives the values of its elements, as an array. */
function valueOf(value: Value | undefined, path: Path, at: number): Value | undefined {
  if (at === path.length) return value;
  if (Array.isArray(value)) {
    return value
      .map((element) =>
        isDoc(element) || Array.isArray(element) ? valueOf(element, path, at) : undefined,
      )
      .filter((part) => part !== undefined);
  }
  return isDoc(value) ? valueOf(fieldOf(value, path[at] as string), path, at + 1) : undefined;
}
