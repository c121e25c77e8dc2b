import type { Key } from "./keys.ts";

const CHUNK_MAX = 512;

/** From `start` (included) to `end` (excluded). */
export interface KeyRange {
  readonly start: Key;
  readonly end: Key;
}

interface Numbered {
  readonly id: number;
}

interface Chunk<T> {
  readonly keys: Key[];
  readonly items: T[];
}

interface Position {
  readonly chunk: number;
  readonly at: number;
}

/**
 * Items sorted by key, and by their number where keys are equal, in chunks: a change moves a few
 * hundred entries at most, whatever the size.
 */
export class SortedEntries<T extends Numbered> {
  #chunks: Chunk<T>[] = [];

  add(key: Key, item: T): void {
    const place = this.#seek(key, item.id);
    const chunk = this.#chunks[place.chunk] ?? this.#lastChunk();
    const at = this.#chunks[place.chunk] === undefined ? chunk.keys.length : place.at;
    chunk.keys.splice(at, 0, key);
    chunk.items.splice(at, 0, item);
    if (chunk.keys.length > CHUNK_MAX) this.#split(chunk);
  }

  remove(key: Key, item: T): void {
    const { chunk: index, at } = this.#seek(key, item.id);
    const chunk = this.#chunks[index];
    if (chunk === undefined || chunk.items[at] !== item || chunk.keys[at] !== key) {
      throw new Error("an index lost an entry");
    }
    chunk.keys.splice(at, 1);
    chunk.items.splice(at, 1);
    if (chunk.keys.length === 0) this.#chunks.splice(index, 1);
  }

  /** The first item with exactly this key. */
  first(key: Key): T | undefined {
    const { chunk: index, at } = this.#seek(key, -1);
    const chunk = this.#chunks[index];
    return chunk?.keys[at] === key ? chunk.items[at] : undefined;
  }

  /** How many entries lie in a range. */
  count(range: KeyRange): number {
    if (range.start >= range.end) return 0;
    const from = this.#seek(range.start, -1);
    const to = this.#seek(range.end, -1);
    let entries = to.at - from.at;
    for (let i = from.chunk; i < to.chunk; i++) entries += this.#chunks[i]?.keys.length ?? 0;
    return entries;
  }

  /** The items of a range in order; nothing may change while they are taken. */
  *scan(range: KeyRange): Generator<T, void, undefined> {
    if (range.start >= range.end) return;
    const from = this.#seek(range.start, -1);
    const to = this.#seek(range.end, -1);
    for (let i = from.chunk; i <= to.chunk && i < this.#chunks.length; i++) {
      const items = (this.#chunks[i] as Chunk<T>).items;
      const end = i === to.chunk ? to.at : items.length;
      for (let at = i === from.chunk ? from.at : 0; at < end; at++) yield items[at] as T;
    }
  }

  /** The items of a range, last first. */
  *scanBack(range: KeyRange): Generator<T, void, undefined> {
    if (range.start >= range.end) return;
    const from = this.#seek(range.start, -1);
    const to = this.#seek(range.end, -1);
    for (let i = Math.min(to.chunk, this.#chunks.length - 1); i >= from.chunk; i--) {
      const items = (this.#chunks[i] as Chunk<T>).items;
      const start = i === from.chunk ? from.at : 0;
      for (let at = (i === to.chunk ? to.at : items.length) - 1; at >= start; at--) {
        yield items[at] as T;
      }
    }
  }

  /** Puts many entries into an empty list at once. */
  load(entries: { readonly key: Key; readonly item: T }[]): void {
    entries.sort((a, b) => (a.key === b.key ? a.item.id - b.item.id : a.key < b.key ? -1 : 1));
    this.#chunks = [];
    for (let start = 0; start < entries.length; start += CHUNK_MAX / 2) {
      const part = entries.slice(start, start + CHUNK_MAX / 2);
      this.#chunks.push({ keys: part.map(({ key }) => key), items: part.map(({ item }) => item) });
    }
  }

  /** The place of the first entry that is not before (key, id). */
  #seek(key: Key, id: number): Position {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle] as Chunk<T>;
      if (isBefore(chunk, chunk.keys.length - 1, { key, id })) low = middle + 1;
      else high = middle;
    }
    const chunk = this.#chunks[low];
    if (chunk === undefined) return { chunk: low, at: 0 };
    let from = 0;
    let to = chunk.keys.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (isBefore(chunk, middle, { key, id })) from = middle + 1;
      else to = middle;
    }
    return { chunk: low, at: from };
  }

  #lastChunk(): Chunk<T> {
    const last = this.#chunks.at(-1);
    if (last !== undefined) return last;
    const chunk: Chunk<T> = { keys: [], items: [] };
    this.#chunks.push(chunk);
    return chunk;
  }

  #split(chunk: Chunk<T>): void {
    const half = CHUNK_MAX / 2;
    const rest = { keys: chunk.keys.splice(half), items: chunk.items.splice(half) };
    this.#chunks.splice(this.#chunks.indexOf(chunk) + 1, 0, rest);
  }
}

function isBefore<T extends Numbered>(
  chunk: Chunk<T>,
  at: number,
  bound: { key: Key; id: number },
): boolean {
  const key = chunk.keys[at] as Key;
  return key < bound.key || (key === bound.key && (chunk.items[at] as T).id < bound.id);
}
