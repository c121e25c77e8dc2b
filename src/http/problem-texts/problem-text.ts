import type { Text } from "../language.ts";

/** Everything that is told about one kind of problem. `{name}` places are filled from its values. */
export interface ProblemText {
  status: number;
  title: Text;
  detail: Text;
  cause: Text;
  fix: Text;
  /** Values for the example on the problem's page. */
  example: Readonly<Record<string, string | number>>;
  /** Whether, and after how many seconds, the same request is worth repeating. */
  retryAfterS?: number;
}
