/** "Did you mean …?": which of the names that there are somebody may have meant. */

/**
 * The candidate that takes the fewest edits to come by, case ignored; null where none is near enough. A name that is cut
 * short counts as near: `svc-bill` for `svc-billing`, `web02` for `web02.contoso.com`. Of equals, the first.
 */
export function nearest(written: string, candidates: Iterable<string>): string | null {
  const text = written.toLowerCase();
  let best: { name: string; distance: number } | null = null;
  for (const name of new Set(candidates)) {
    const other = name.toLowerCase();
    const isBeginning = text.length >= 3 && other.startsWith(text);
    const distance = isBeginning ? 1 : editDistance(text, other);
    if (distance <= mostEdits(text, other) && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { name, distance };
  }
  return best?.name ?? null;
}

/** `Did you mean plan?`, or nothing at all: the hint of an error. */
export function didYouMean(
  written: string,
  candidates: Iterable<string>,
  shown: (name: string) => string = (name) => name,
): string | undefined {
  const name = nearest(written, candidates);
  return name === null ? undefined : `Did you mean ${shown(name)}?`;
}

/** A third of the longer name, three at most: beyond, two names have nothing to do with each other. */
function mostEdits(a: string, b: string): number {
  return Math.min(3, Math.floor(Math.max(a.length, b.length) / 3));
}

/**
 * How many letters have to be added, left out, exchanged or swapped with their neighbour (Damerau-Levenshtein, optimal
 * string alignment).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (isSame ? 0 : 1),
        ...(isSwapped ? [beforeLast[column - 2]! + 1] : []),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length]!;
}
