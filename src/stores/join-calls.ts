/** How calls are joined: one that comes within the window of others shares their round trip. */
export interface Joining {
  /** Longest wait for others, milliseconds; 0 sends every call by itself. */
  windowMs: number;
  /** Most calls of one round trip. */
  most: number;
}

/** The answer to one of several calls that were made together. */
export type Settled<Answer> = { answer: Answer } | { error: unknown };

interface Waiting<Call, Answer> {
  call: Call;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * Makes one function of many calls look like a function of one. A call that comes alone goes out in
 * the same turn of the event loop; while another round trip is under way calls gather until it is
 * back, or until the window is over. Each call gets an answer of its own and fails alone, unless
 * `run` itself fails: then all of its calls do.
 */
export function joinCalls<Call, Answer>(
  run: (calls: Call[]) => Promise<Settled<Answer>[]>,
  { windowMs, most }: Joining,
): (call: Call) => Promise<Answer> {
  let waiting: Waiting<Call, Answer>[] = [];
  let underWay = 0;

  const send = (): void => {
    const batch = waiting.splice(0, most);
    if (batch.length === 0) return;
    underWay += 1;
    void settle(run, batch).finally(() => {
      underWay -= 1;
      send();
    });
  };
  return (call) =>
    new Promise((resolve, reject) => {
      waiting = [...waiting, { call, resolve, reject }];
      if (windowMs === 0 || waiting.length >= most) send();
      else if (waiting.length > 1) return;
      else if (underWay === 0) setImmediate(send);
      else setTimeout(send, windowMs);
    });
}

async function settle<Call, Answer>(
  run: (calls: Call[]) => Promise<Settled<Answer>[]>,
  batch: readonly Waiting<Call, Answer>[],
): Promise<void> {
  try {
    const answers = await run(batch.map(({ call }) => call));
    for (const [index, { resolve, reject }] of batch.entries()) {
      const settled = answers[index];
      if (settled === undefined) reject(new Error("a joined call got no answer"));
      else if ("error" in settled) reject(settled.error);
      else resolve(settled.answer);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
