// Preloaded into our child processes (node-child.ts): losing the parent is like SIGTERM. A child
// that handles SIGTERM ends in order, every other ends at once, and none outlives the grace.

const GRACE_MS = 5_000;

function end(): void {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS).unref();
  process.kill(process.pid, "SIGTERM");
}

if (process.connected) {
  process.on("disconnect", end);
  // The channel alone keeps no child alive that has done its work.
  process.channel?.unref();
} else {
  // The parent was gone before this line could run.
  end();
}
