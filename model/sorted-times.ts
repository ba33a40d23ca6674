/** Lists of times in milliseconds, ascending, each once. */

/** Sorts them and leaves repeats out. */
export function sortedTimes(times: Iterable<number>): number[] {
  return [...new Set(times)].sort((one, other) => one - other);
}

/** Gathers times, each once; those that come in their order cost least. */
export class GatheredTimes {
  private readonly inOrder: number[] = [];
  private readonly others = new Set<number>();

  get count(): number {
    return this.inOrder.length + this.others.size;
  }

  add(time: number): void {
    const { inOrder, others } = this;
    const isLast = inOrder.length === 0 || time > inOrder[inOrder.length - 1]!;
    if (isLast ? others.has(time) : positionOf(inOrder, time) !== -1) return;
    if (isLast) inOrder.push(time);
    else others.add(time);
  }

  sorted(): number[] {
    return this.others.size === 0 ? this.inOrder : sortedTimes([...this.inOrder, ...this.others]);
  }
}

/** Index of the first time at or after `at`; the length where there is none. */
export function firstFrom(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of a time; -1 where it is not among them. */
export function positionOf(times: readonly number[], at: number): number {
  const index = firstFrom(times, at);
  return times[index] === at ? index : -1;
}

/** Those from `from` to `to`, both included. */
export function sliceBetween(times: readonly number[], from: number, to: number): number[] {
  return times.slice(firstFrom(times, from), firstFrom(times, to + 1));
}
