import { Schema } from "mongoose";
import { part, strict } from "./schema-parts.ts";
import { common } from "./schemas.ts";

const text = { type: String };
const number = { type: Number };
const instant = { type: Date };

const sealed = new Schema({ keyId: text, iv: text, tag: text, data: text }, part);
const secret = new Schema({ sealed: { type: sealed }, hash: text, expiresAt: instant }, part);

export const webhookEndpointSchema = new Schema(
  {
    ...common,
    url: text,
    types: { type: [String], default: undefined },
    description: text,
    source: text,
    state: text,
    disabledReason: text,
    enabledAt: instant,
    secrets: { type: [secret], default: undefined },
    failures: number,
    failingSince: instant,
    createdAt: instant,
  },
  strict,
);

export const deliverySchema = new Schema(
  {
    _id: { type: String, required: true },
    lane: text,
    endpointId: text,
    eventId: text,
    type: { type: String },
    sequence: number,
    state: text,
    tries: number,
    firstTriedAt: instant,
    lastTriedAt: instant,
    lastStatus: number,
    lastReason: text,
    lastAnswer: text,
    replays: number,
    createdAt: instant,
    closedAt: instant,
  },
  strict,
);

export const deliveryLaneSchema = new Schema(
  {
    _id: { type: String, required: true },
    endpointId: text,
    stream: text,
    work: { type: Boolean },
    nextTryAt: instant,
    token: text,
    wanted: number,
  },
  strict,
);
