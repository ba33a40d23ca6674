/** Long work that may be laid down and taken up again at each of its yields. */
export type Slices<Result> = Generator<void, Result, void>;

/** Small steps are taken so many at a time, as laying the work down costs something too. */
export const stepsOfSlice = 256;

/** Puts lists that are in order together into one, equal ones in the order of the lists. */
export function* mergeInSlices<Item>(
  lists: readonly Item[][],
  compare: (one: Item, other: Item) => number,
): Slices<Item[]> {
  let left = lists;
  while (left.length > 1) {
    const merged: Item[][] = [];
    for (let index = 0; index < left.length; index += 2) {
      merged.push(yield* mergeTwo(left[index]!, left[index + 1] ?? [], compare));
    }
    left = merged;
  }
  return left[0] ?? [];
}

function* mergeTwo<Item>(
  one: readonly Item[],
  other: readonly Item[],
  compare: (one: Item, other: Item) => number,
): Slices<Item[]> {
  const merged: Item[] = [];
  for (let [first, second] = [0, 0]; first < one.length || second < other.length;) {
    const isFirst =
      second === other.length || (first < one.length && compare(one[first]!, other[second]!) <= 0);
    merged.push(isFirst ? one[first++]! : other[second++]!);
    if (merged.length % stepsOfSlice === 0) yield;
  }
  return merged;
}
