import { userInfo } from "node:os";

/** Who uses the command line, as the audit trail names it. */
export function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    return "operator";
  }
}
