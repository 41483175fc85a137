/**
 * The candidate that is least edits away from what was written, for "did you mean". `undefined` when nothing is near:
 * more than half of the letters would have to change.
 */
export function findNearestName(written: string, candidates: readonly string[]): string | undefined {
  const wanted = written.slice(0, 64).toLowerCase();
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of candidates) {
    const distance = countEdits(wanted, name.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  if (best === undefined || best.distance > Math.max(wanted.length, best.name.length) / 2) return undefined;
  return best.name;
}

/** Levenshtein distance: insertions, deletions and replacements that turn one text into the other. */
function countEdits(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
