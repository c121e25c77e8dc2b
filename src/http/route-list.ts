import type { HttpApp } from "./http-app.ts";

/** The addresses that this server has, for those who asked for another one. */
export interface RouteList {
  /** Patterns such as `/billing/payment/:id`. */
  paths(): readonly string[];
  /** Methods that an address takes; none where it is unknown. */
  methodsOf(path: string): string[];
}

/** Notes every route that is registered from now on, but those hidden from the documentation. */
export function listRoutes(app: HttpApp): RouteList {
  const methodsByPath = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method, schema }) => {
    if (url.includes("*") || isHidden(schema)) return;
    const methods = methodsByPath.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByPath.set(url, methods);
  });
  return {
    paths: () => [...methodsByPath.keys()],
    methodsOf(path) {
      const found = [...methodsByPath].find(([pattern]) => matches(pattern, path));
      return found === undefined ? [] : [...found[1]].sort();
    },
  };
}

function isHidden(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && "hide" in schema && schema.hide === true;
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split("/");
  const given = path.split("/");
  return (
    expected.length === given.length &&
    expected.every((part, index) => part.startsWith(":") || part === given[index])
  );
}
