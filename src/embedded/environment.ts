/** Environment variables as the entry files pass them in. */
export type Environment = Readonly<Record<string, string | undefined>>;

// What a foreign server or the guardian needs to run. Everything else stays out, so that the keys
// of a gateway never stand in the environment of a Redis.
const PASSED_ON = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/** The few variables of `env` that a server process needs; secrets are not among them. */
export function serverEnvironment(env: Environment): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = env[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
