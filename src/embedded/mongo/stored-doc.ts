import { type Doc, type RawDoc, decodeRaw } from "./values.ts";

/** How many documents one generation keeps decoded. */
const GENERATION_MAX = 32_768;

/**
 * Which documents are held decoded beside their bytes: the last ones used, in two generations. The
 * rest is decoded when it is looked at, which keeps memory near the size of the data.
 */
export class DecodedDocs {
  #young: StoredDoc[] = [];
  #old: StoredDoc[] = [];

  note(stored: StoredDoc): void {
    this.#young.push(stored);
    if (this.#young.length < GENERATION_MAX) return;
    for (const forgotten of this.#old) forgotten.forget();
    this.#old = this.#young;
    this.#young = [];
  }
}

/** A document of a collection. The holder stays the same through updates; what it holds is replaced. */
export class StoredDoc {
  /** Grows in the order in which documents came. */
  readonly id: number;
  #raw: RawDoc;
  #doc: Doc | null = null;
  readonly #decoded: DecodedDocs;

  constructor(id: number, raw: RawDoc, decoded: DecodedDocs) {
    this.id = id;
    this.#raw = raw;
    this.#decoded = decoded;
  }

  get raw(): RawDoc {
    return this.#raw;
  }

  get doc(): Doc {
    return this.#doc ?? this.#keep(decodeRaw(this.#raw));
  }

  /** Puts a new version in place of the old one. */
  set(raw: RawDoc, doc: Doc): void {
    this.#raw = raw;
    if (this.#doc === null) this.#keep(doc);
    else this.#doc = doc;
  }

  forget(): void {
    this.#doc = null;
  }

  #keep(doc: Doc): Doc {
    this.#doc = doc;
    this.#decoded.note(this);
    return doc;
  }
}
