// A child for the tests of spawnNode. Its argument says how it behaves.

const [manner = "ready", ...rest] = process.argv.slice(2);

process.stderr.write("a line of stderr\n");
if (manner === "fail") {
  process.stderr.write("the reason\n");
  process.exit(3);
}
if (manner === "stubborn") process.on("SIGTERM", () => undefined);
if (manner === "tidy") {
  process.on("SIGTERM", () => {
    process.stdout.write("tidied up\n", () => process.exit(0));
  });
}
process.stdout.write("not the ready line\n");
process.stdout.write(`${JSON.stringify({ port: 1, args: rest, env: process.env["MARK"] })}\n`);
setInterval(() => undefined, 1_000);
