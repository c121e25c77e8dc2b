/** What is asked at the same time, and what goes wrong meanwhile: chosen by the seed. */
import * as fc from "fast-check";
import { FATES, type Fate } from "./interleavings-gateway.ts";
import type { Card } from "./interleavings-lane.ts";

export type Deployment = 0 | 1;

export interface Request {
  kind:
    | "charge"
    | "ask"
    | "sweep"
    | "open"
    | "cancel"
    | "cancelAtEnd"
    | "refundAll"
    | "refundPart"
    | "payOpen"
    | "changeCard"
    | "pay"
    | "noticePaid"
    | "noticeCanceled";
  on: Deployment;
}

export interface Scenario {
  card: Card;
  /** The first period is due and not opened; it is open; or it was charged and the second one is due. */
  begins: "due" | "opened" | "second";
  requests: readonly Request[];
  /** What is asked after the leases of the first have run out. */
  later: readonly Request[];
  /** The request whose process stands still before its n-th step, until some turns later. */
  freeze: { request: number; turn: number; sleeps: number } | null;
  /** The ladder of declined charges. */
  stepDays: readonly number[];
  clockMs: readonly number[];
  fates: readonly Fate[];
  hints: readonly ("once" | "twice" | "lost")[];
}

const kind = fc.constantFrom<Request["kind"][]>(
  "charge",
  "charge",
  "charge",
  "sweep",
  "sweep",
  "cancel",
  "cancel",
  "open",
  "ask",
  "cancelAtEnd",
  "refundAll",
  "refundPart",
  "refundPart",
  "payOpen",
  "payOpen",
  "changeCard",
  "pay",
  "noticePaid",
  "noticePaid",
  "noticeCanceled",
);
const deployment = fc.constantFrom<Deployment[]>(0, 1);
const request: fc.Arbitrary<Request> = fc.record({ kind, on: deployment });

const laterRequest: fc.Arbitrary<Request> = fc.record({
  kind: fc.constantFrom<Request["kind"][]>(
    "refundPart",
    "refundAll",
    "payOpen",
    "changeCard",
    "cancel",
    "charge",
    "noticePaid",
    "noticeCanceled",
  ),
  on: deployment,
});

/** Somebody charges, whatever else happens. */
const requests = fc
  .tuple(
    fc.constantFrom<Request["kind"][]>("charge", "charge", "sweep"),
    fc.array(request, { minLength: 1, maxLength: 4, size: "max" }),
  )
  .map(([first, others]): Request[] => [{ kind: first, on: 0 }, ...others]);

const fate = fc.constantFrom<Fate[]>("answered", "answered", "answered", ...FATES, "late");

const anything: fc.Arbitrary<Scenario> = fc.record({
  card: fc.constantFrom<Card[]>("good", "good", "good", "good", "empty"),
  begins: fc.constantFrom<Scenario["begins"][]>("opened", "opened", "due", "due", "second"),
  requests,
  later: fc.oneof(fc.constant([]), fc.array(laterRequest, { minLength: 1, maxLength: 2 })),
  freeze: fc.option(
    fc.record({
      request: fc.nat(3),
      turn: fc.integer({ min: 2, max: 10 }),
      sleeps: fc.constantFrom(0, 5, 10, 20),
    }),
    { freq: 2 },
  ),
  stepDays: fc.constantFrom<number[][]>([], [1]),
  clockMs: fc.array(fc.constantFrom(10_000, 30_000, 46_000, 100_000, 3_700_000), {
    maxLength: 2,
    size: "max",
  }),
  fates: fc.array(fate, { minLength: 8, maxLength: 8 }),
  hints: fc.array(
    fc.constantFrom("once" as const, "once" as const, "twice" as const, "lost" as const),
    {
      minLength: 6,
      maxLength: 6,
    },
  ),
});

/** The gateway tells of a charge whose answer was lost. */
const told = anything.map((scenario): Scenario => {
  const notice: Request = { kind: "noticePaid", on: 1 };
  const fates: Fate[] = ["reply_lost", ...scenario.fates.slice(1)];
  return { ...scenario, begins: "opened", fates, requests: [...scenario.requests, notice] };
});

export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
  { weight: 7, arbitrary: anything },
  { weight: 1, arbitrary: told },
);
