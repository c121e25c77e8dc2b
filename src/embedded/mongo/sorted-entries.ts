import type { Key } from "./keys.ts";

/** What one change moves at most; larger chunks made changes dearer than the search in more of them. */
const CHUNK_MAX = 128;
/** A range over more chunks than this is counted by their average. */
const COUNTED_CHUNKS_MAX = 16;

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
 * Items sorted by key, and by their number where keys are equal, in chunks: a change moves about
 * a hundred entries at most, whatever the size.
 */
export class SortedEntries<T extends Numbered> {
  #chunks: Chunk<T>[] = [];
  /** The last key of each chunk, side by side: a search reads these and one chunk. */
  #lastKeys: Key[] = [];
  #size = 0;

  add(key: Key, item: T): void {
    const place = this.#seek(key, item.id);
    // What comes after everything goes to the end of the last chunk.
    const index = Math.max(0, Math.min(place.chunk, this.#chunks.length - 1));
    const chunk = this.#chunks[index] ?? this.#firstChunk();
    const at = index === place.chunk ? place.at : chunk.keys.length;
    chunk.keys.splice(at, 0, key);
    chunk.items.splice(at, 0, item);
    this.#size += 1;
    if (at === chunk.keys.length - 1) this.#lastKeys[index] = key;
    if (chunk.keys.length > CHUNK_MAX) this.#split(index);
  }

  remove(key: Key, item: T): void {
    const { chunk: index, at } = this.#seek(key, item.id);
    const chunk = this.#chunks[index];
    if (chunk === undefined || chunk.items[at] !== item || chunk.keys[at] !== key) {
      throw new Error("an index lost an entry");
    }
    chunk.keys.splice(at, 1);
    chunk.items.splice(at, 1);
    this.#size -= 1;
    const last = chunk.keys.at(-1);
    if (last !== undefined) {
      this.#lastKeys[index] = last;
      return;
    }
    this.#chunks.splice(index, 1);
    this.#lastKeys.splice(index, 1);
  }

  /** The first item with exactly this key. */
  first(key: Key): T | undefined {
    const { chunk: index, at } = this.#seek(key, -1);
    const chunk = this.#chunks[index];
    return chunk?.keys[at] === key ? chunk.items[at] : undefined;
  }

  /** How many entries lie in a range; of a wide one, about how many. */
  count(range: KeyRange): number {
    if (range.start >= range.end) return 0;
    const from = this.#seek(range.start, -1);
    const to = this.#seek(range.end, -1);
    let entries = to.at - from.at;
    const chunks = to.chunk - from.chunk;
    if (chunks > COUNTED_CHUNKS_MAX) {
      return Math.round(entries + (chunks * this.#size) / this.#chunks.length);
    }
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
    entries.sort((a, b) => {
      if (a.key < b.key) return -1;
      return a.key === b.key ? a.item.id - b.item.id : 1;
    });
    this.#chunks = [];
    this.#lastKeys = [];
    this.#size = entries.length;
    for (let start = 0; start < entries.length; start += CHUNK_MAX / 2) {
      const part = entries.slice(start, start + CHUNK_MAX / 2);
      this.#chunks.push({ keys: part.map(({ key }) => key), items: part.map(({ item }) => item) });
      this.#lastKeys.push((part.at(-1) as { key: Key }).key);
    }
  }

  /** The place of the first entry that is not before (key, id); an id of -1 is before all of a key. */
  #seek(key: Key, id: number): Position {
    const bound = { key, id };
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#lastKeys[middle] as Key;
      const isPast = last < key || (id >= 0 && last === key && this.#endsBefore(middle, bound));
      if (isPast) low = middle + 1;
      else high = middle;
    }
    const chunk = this.#chunks[low];
    return { chunk: low, at: chunk === undefined ? 0 : seekWithin(chunk, bound) };
  }

  #endsBefore(index: number, bound: Bound): boolean {
    const chunk = this.#chunks[index] as Chunk<T>;
    return isBefore(chunk, chunk.keys.length - 1, bound);
  }

  #firstChunk(): Chunk<T> {
    const chunk: Chunk<T> = { keys: [], items: [] };
    this.#chunks.push(chunk);
    return chunk;
  }

  #split(index: number): void {
    const chunk = this.#chunks[index] as Chunk<T>;
    const half = CHUNK_MAX / 2;
    const rest = { keys: chunk.keys.splice(half), items: chunk.items.splice(half) };
    this.#chunks.splice(index + 1, 0, rest);
    this.#lastKeys.splice(index, 1, chunk.keys[half - 1] as Key, rest.keys.at(-1) as Key);
  }
}

interface Bound {
  readonly key: Key;
  readonly id: number;
}

function seekWithin<T extends Numbered>(chunk: Chunk<T>, bound: Bound): number {
  let from = 0;
  let to = chunk.keys.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isBefore(chunk, middle, bound)) from = middle + 1;
    else to = middle;
  }
  return from;
}

function isBefore<T extends Numbered>(chunk: Chunk<T>, at: number, { key, id }: Bound): boolean {
  const other = chunk.keys[at] as Key;
  return other < key || (id >= 0 && other === key && (chunk.items[at] as T).id < id);
}
