/** The known word that is spelled most like this one; undefined when none is near. */
export function findNearest(word: string, known: readonly string[]): string | undefined {
  const nearest = nearestOf(word, known);
  if (nearest === undefined) return undefined;
  // Further apart than half of the word is no likeness any more.
  const limit = Math.max(2, Math.ceil(nearest.candidate.length / 2));
  return nearest.distance <= limit ? nearest.candidate : undefined;
}

/** The known word that is spelled most like this one, however far; undefined when none is known. */
export function findNearestOfAll(word: string, known: readonly string[]): string | undefined {
  return nearestOf(word, known)?.candidate;
}

function nearestOf(word: string, known: readonly string[]) {
  const looked = word.slice(0, LENGTH_MAX).toLowerCase();
  return known
    .map((candidate) => ({ candidate, distance: editDistance(looked, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
}

/** Longest part of a word that is compared: the work grows with it. */
const LENGTH_MAX = 80;

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of a.split("").entries()) {
    const current = [row + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      const dropped = (previous[column] ?? 0) + 1;
      const inserted = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, dropped, inserted));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
