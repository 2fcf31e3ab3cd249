/** Longer words are not compared: what someone mistyped is short. */
const LONGEST = 64;

/**
 * The name that `word` was probably meant to be, or undefined when none is near: at most one slip (a letter left out, added, changed or swapped with
 * its neighbour) in each three letters. Case does not count. The first of several equally near ones wins.
 */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > LONGEST) return undefined;
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of names) {
    if (Math.abs(name.length - word.length) >= least || name.length > LONGEST) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance >= least) continue;
    nearest = name;
    least = distance;
  }
  return nearest;
}

/** `did you mean "path"?`, or undefined. */
export function suggestion(word: string, names: Iterable<string>): string | undefined {
  const near = nearestName(word, names);
  return near === undefined ? undefined : `did you mean ${JSON.stringify(near)}?`;
}

/** Damerau and Levenshtein's distance (of optimal string alignment), in three rows. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, beforeLast[column - 2]! + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
