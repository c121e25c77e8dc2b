/** A foreign server to start, as the guardian receives it. */
export interface LaunchSpec {
  command: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  /** Written to the server's standard input, which is then closed. Secrets go here. */
  input?: string;
}

/** What the parent says to the guardian. */
export type GuardianRequest =
  | { type: "launch"; id: number; spec: LaunchSpec }
  | { type: "signal"; id: number; signal: NodeJS.Signals };

/** What the guardian says to the parent. */
export type GuardianReport =
  | { type: "ready" }
  | { type: "launched"; id: number; pid: number }
  | {
      type: "ended";
      id: number;
      code: number | null;
      signal: NodeJS.Signals | null;
      tail: string[];
    };
