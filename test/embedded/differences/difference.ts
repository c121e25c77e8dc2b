import type mongoose from "mongoose";

/** Servers of MongoDB's protocol that were not written here. */
export type ForeignServer = "secantusdb" | "ferretdb" | "mongo-java-server";

/** Why some cases of the table come out differently on a server that is not MongoDB. */
export interface Difference {
  /** What that server does, in words that the page contradicts. */
  readonly reason: string;
  /** The page of MongoDB's manual that says otherwise. */
  readonly page: string;
  /** The names of the cases. Each must differ: one that agrees is an explanation out of date. */
  readonly cases: readonly string[];
  /** Whether they depend on which of two clients comes first, so that they may agree as well. */
  readonly isRace?: true;
}

/** Which server a client speaks to; null for MongoDB, and for the embedded server. */
export async function foreignServerOf(db: mongoose.mongo.Db): Promise<ForeignServer | null> {
  const info = await db.command({ buildInfo: 1 });
  if (info["secantusVersion"] !== undefined) return "secantusdb";
  if (info["ferretdbVersion"] !== undefined) return "ferretdb";
  // It tells its version and nothing else.
  return info["bits"] === undefined ? "mongo-java-server" : null;
}
