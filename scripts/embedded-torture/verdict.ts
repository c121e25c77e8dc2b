/** What the command prints with `--json`. */
export interface TortureReport {
  readonly kills: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly control: { readonly lost: number };
}

/** What a run proves, in one sentence, and whether that is what it should. */
export function verdictOf(report: TortureReport): {
  readonly holds: boolean;
  readonly text: string;
} {
  const { acknowledged, lost, control } = report;
  if (lost > 0) {
    return { holds: false, text: `the server LOST ${lost} of ${acknowledged} acknowledged writes` };
  }
  if (control.lost === 0) {
    return { holds: false, text: "the control lost nothing either, so this run proves nothing" };
  }
  const text = `the server lost nothing of ${acknowledged} acknowledged writes; the control lost ${control.lost}`;
  return { holds: true, text };
}
