const cleanups = new Set<() => void>();

/**
 * Runs a synchronous clean-up when this process exits; returns what takes it off the list again.
 * One listener serves all, however many services a process starts.
 */
export function onProcessExit(cleanup: () => void): () => void {
  if (cleanups.size === 0) process.on("exit", runCleanups);
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size === 0) process.off("exit", runCleanups);
  };
}

function runCleanups(): void {
  for (const cleanup of cleanups) {
    try {
      cleanup();
    } catch {
      // The process is ending: the guardian does the same once more.
    }
  }
}
