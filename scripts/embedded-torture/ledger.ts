/** A document of the torture. Whoever changes it sets `revision` and `text` together. */
export interface Row {
  _id: string;
  /** The writer that alone changes it; -1 where writers race for it. */
  owner: number;
  revision: number;
  /** Unique. */
  tag: string;
  group: number;
  labels: number[];
  /** Only in some documents: a partial index holds those. */
  amount?: number;
  text: string;
}

const TEXT_CHARS = 250;
/** Some documents are large, so that the journal outgrows the data and snapshots are written. */
const LARGE_TEXT_CHARS = 8_000;

/** The text that a document has in one revision: a mixture of two revisions would show. */
export function textOf(id: string, revision: number): string {
  const line = `${id} ${revision} `;
  const chars = revision % 16 === 0 ? LARGE_TEXT_CHARS : TEXT_CHARS;
  return line.repeat(Math.ceil(chars / line.length));
}

/** What the server has acknowledged, and what must therefore be found after a kill. */
export class Ledger {
  /** How many writes were answered, the ones that lost a race among them. */
  acknowledged = 0;
  /** How many of these had lost: a conditional update that missed, or a duplicate key. */
  losers = 0;
  /** A document must be there with this revision or a later one. */
  readonly #revisions = new Map<string, number>();
  /** Asked to be removed; until that is answered a document may be there or not. */
  readonly #leaving = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #tags = new Set<string>();

  /** A document has reached a revision. */
  wrote(id: string, revision: number): void {
    this.acknowledged += 1;
    this.#reached(id, revision);
  }

  /** Somebody was told that a document is beyond the revision that he knew. */
  lostTo(id: string, revision: number): void {
    this.acknowledged += 1;
    this.losers += 1;
    this.#reached(id, revision);
  }

  /** Somebody was told that this tag is taken. */
  tagTaken(tag: string): void {
    this.acknowledged += 1;
    this.losers += 1;
    this.#tags.add(tag);
  }

  removing(id: string): void {
    this.#leaving.add(id);
  }

  removed(id: string): void {
    this.acknowledged += 1;
    this.#leaving.delete(id);
    this.#revisions.delete(id);
    this.#gone.add(id);
  }

  /**
   * Compares what was acknowledged with what is there, says each difference, and returns how many
   * acknowledged writes are lost. From then on the ledger goes by what is there.
   */
  settle(found: ReadonlyMap<string, Row>, say: (line: string) => void): number {
    let lost = 0;
    const tags = new Set([...found.values()].map(({ tag }) => tag));
    for (const [id, revision] of this.#revisions) {
      const there = found.get(id)?.revision ?? 0;
      if (there >= revision || (there === 0 && this.#leaving.has(id))) continue;
      lost += revision - there;
      say(`${id} was acknowledged in revision ${revision} and is in ${there}`);
    }
    for (const id of this.#gone) {
      if (!found.has(id)) continue;
      lost += 1;
      say(`${id} was removed and is there`);
    }
    for (const tag of this.#tags) {
      if (tags.has(tag)) continue;
      lost += 1;
      say(`the tag ${tag} was said to be taken and is free`);
    }
    this.#adopt(found);
    return lost;
  }

  #reached(id: string, revision: number): void {
    this.#revisions.set(id, Math.max(revision, this.#revisions.get(id) ?? 0));
  }

  #adopt(found: ReadonlyMap<string, Row>): void {
    for (const id of this.#leaving) if (!found.has(id)) this.#gone.add(id);
    for (const id of this.#gone) if (found.has(id)) this.#gone.delete(id);
    this.#leaving.clear();
    this.#tags.clear();
    this.#revisions.clear();
    for (const { _id, revision } of found.values()) this.#revisions.set(_id, revision);
  }
}
