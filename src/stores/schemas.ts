import { Schema } from "mongoose";
import { flag, instant, number, part, strict, text } from "./schema-parts.ts";
import { paymentWindow } from "./schemas-windows.ts";

const idempotency = new Schema({ key: text, bodyHash: text }, part);

const changeMark = new Schema({ key: text, bodyHash: text, invoiceId: text }, part);

const outboxEntry = new Schema(
  {
    number,
    type: { type: String },
    at: instant,
    recordedAt: instant,
    actor: text,
    by: text,
    reason: text,
    before: text,
    after: text,
    data: { type: Schema.Types.Mixed },
  },
  part,
);

/** What every document that carries events has. */
export const common = {
  _id: { type: String, required: true },
  outbox: { type: [outboxEntry], default: undefined },
  outboxNumber: number,
  revision: { type: Number, required: true },
  /** Names the last write of a rule, so that a lost answer can be asked for (joined-operations.ts). */
  writeId: text,
};

const sealed = new Schema({ keyId: text, iv: text, tag: text, data: text }, part);

const decline = new Schema({ code: text, kind: text, rawCode: text, rawMessage: text }, part);

const transaction = new Schema(
  { id: text, approvedAt: instant, approvalNumber: text, cardName: text, payMethod: text },
  part,
);

const attempt = new Schema(
  {
    number,
    orderNumber: text,
    state: text,
    billingKeyId: text,
    amount: number,
    initiatedAt: instant,
    claimedAt: instant,
    callEndedAt: instant,
    credentialEndsAt: instant,
    notSentCount: number,
    reason: text,
    decline: { type: decline },
    transaction: { type: transaction },
    evidence: { type: [new Schema({ kind: text, value: text }, part)], default: undefined },
    unknownSince: instant,
    lookUps: number,
    missingReads: number,
    closedAt: instant,
    recheckAt: instant,
    rechecks: number,
  },
  part,
);

const refund = new Schema(
  {
    id: text,
    transactionId: text,
    orderNumber: text,
    amount: number,
    state: text,
    surplus: flag,
    reason: text,
    requestedAt: instant,
    claimedAt: instant,
    callEndedAt: instant,
    tries: number,
    lookUps: number,
    missingReads: number,
    decline: { type: decline },
    refundTransactionId: text,
    refundedAt: instant,
    noticedAs: text,
    payMethod: text,
    idempotency: { type: idempotency },
  },
  part,
);

const claim = new Schema(
  {
    token: text,
    kind: text,
    worker: text,
    leaseUntil: instant,
    credentialEndsAt: instant,
    subject: text,
  },
  part,
);

export const invoiceSchema = new Schema(
  {
    ...common,
    number: text,
    kind: text,
    subscriptionId: text,
    periodNumber: number,
    periodStartOn: text,
    periodEndOn: text,
    gateway: text,
    account: text,
    paidWith: text,
    billingKeyId: text,
    customerId: text,
    customerName: text,
    productName: text,
    amount: number,
    state: text,
    step: text,
    held: text,
    dueAt: instant,
    nextActionAt: instant,
    recheckAt: instant,
    urgent: flag,
    claim: { type: claim },
    deferrals: number,
    attempts: { type: [attempt], default: undefined },
    attemptsForgiven: number,
    dunning: {
      type: new Schema({ step: number, firstDeclinedAt: instant, unrecognized: number }, part),
    },
    version: number,
    behind: flag,
    stop: flag,
    followUp: flag,
    capturedAmount: number,
    refundable: number,
    refunds: { type: [refund], default: undefined },
    window: { type: paymentWindow },
    createdAt: instant,
    idempotency: { type: idempotency },
  },
  strict,
);

export const subscriptionSchema = new Schema(
  {
    ...common,
    customerId: text,
    customerName: text,
    customerEmail: text,
    customerPhone: text,
    locale: text,
    reachable: flag,
    toNotice: flag,
    billingKeyId: text,
    gateway: text,
    account: text,
    planId: text,
    productName: text,
    amount: number,
    schedule: {
      type: new Schema(
        { cycleDay: number, firstPeriodOn: text, zone: text, dueHour: number },
        part,
      ),
    },
    state: text,
    version: number,
    aligning: flag,
    payNow: text,
    parked: text,
    nextPeriod: number,
    nextPeriodAt: instant,
    cancelAtPeriodEnd: flag,
    cancelReason: text,
    canceledAt: instant,
    metadata: { type: Schema.Types.Mixed },
    createdAt: instant,
    idempotency: { type: idempotency },
    changes: { type: [changeMark], default: undefined },
  },
  strict,
);

export const billingKeySchema = new Schema(
  {
    ...common,
    gateway: text,
    account: text,
    customerId: text,
    customerName: text,
    customerEmail: text,
    customerPhone: text,
    locale: text,
    state: text,
    orderNumber: text,
    secret: { type: sealed },
    cardName: text,
    maskedNumber: text,
    reason: text,
    createdAt: instant,
    remindAt: instant,
    startedAt: instant,
    idempotency: { type: idempotency },
  },
  strict,
);

export const accountPauseSchema = new Schema(
  {
    ...common,
    gateway: text,
    account: text,
    queue: text,
    pausedUntil: instant,
    since: instant,
    times: number,
    code: text,
    rawCode: text,
    rawMessage: text,
    orderNumber: text,
  },
  strict,
);

export const declineCountSchema = new Schema(
  {
    _id: { type: String, required: true },
    gateway: text,
    code: text,
    rawCode: text,
    count: number,
    firstSeenAt: instant,
    lastSeenAt: instant,
    orderNumber: text,
  },
  strict,
);

export const eventSchema = new Schema(
  {
    _id: { type: String, required: true },
    collectionName: text,
    documentId: text,
    subscriptionId: text,
    stream: text,
    sequence: number,
    toTell: flag,
    toDeliver: flag,
    number,
    type: { type: String },
    at: instant,
    recordedAt: instant,
    actor: text,
    by: text,
    reason: text,
    before: text,
    after: text,
    data: { type: Schema.Types.Mixed },
  },
  strict,
);

export const inboxSchema = new Schema(
  {
    ...common,
    gateway: text,
    method: text,
    address: text,
    receivedAt: instant,
    lastSeenAt: instant,
    timesSeen: number,
    raw: { type: sealed },
    rawSince: instant,
    state: text,
    reason: text,
    facts: {
      type: new Schema(
        {
          kind: text,
          merchantId: text,
          orderNumber: text,
          transactionId: text,
          amount: number,
          cancellationId: text,
          payMethod: text,
          at: instant,
        },
        part,
      ),
    },
    invoiceId: text,
    nextActionAt: instant,
    tries: number,
    seen: flag,
  },
  strict,
);

export const clockSchema = new Schema(
  { _id: { type: String, required: true }, now: instant, revision: number },
  strict,
);
