// The embedded MongoDB server with an inspector in its process; its arguments are the server's own.
import { createInspector } from "./inspector.ts";
import type { StoreReply, StoreRequest } from "./messages.ts";

const inspector = createInspector();

process.on("message", (request: StoreRequest) => {
  const done: Promise<unknown> =
    request.kind === "begin"
      ? inspector.begin({ profile: request.file, count: false })
      : inspector.end();
  done.then(
    () => process.send?.({ kind: "done" } satisfies StoreReply),
    (error: unknown) => process.stderr.write(`no profile: ${String(error)}\n`),
  );
});

await import("../src/embedded/mongo/main.ts");
