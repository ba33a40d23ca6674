/** Every `step`th value from `start` to `end`, both of which belong to it. */
export interface Range {
  start: number;
  end: number;
  step: number;
}

/** The numbers from `first` to `last`. */
export function upTo(first: number, last: number, step = 1): number[] {
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** Each value once, ascending. */
export function sorted(values: Iterable<number>): number[] {
  return [...new Set(values)].sort((one, other) => one - other);
}

/** Writes ascending values as few ranges; steps are used from three values on. */
export function toRanges(values: readonly number[]): Range[] {
  const ranges: Range[] = [];
  let rest = [...values];
  while (rest.length > 0) {
    const range = longestRange(rest);
    ranges.push(range);
    rest = rest.filter((value) => !isIn(range, value));
  }
  return ranges.sort((one, other) => one.start - other.start);
}

function isIn({ start, end, step }: Range, value: number): boolean {
  return value >= start && value <= end && (value - start) % step === 0;
}

function longestRange(values: readonly number[]): Range {
  const [start = 0] = values;
  const known = new Set(values);
  let longest: Range = { start, end: start, step: 1 };
  let count = 1;
  for (const value of values.slice(1)) {
    const step = value - start;
    const length = runLength(known, start, step);
    if (length > count && (length > 2 || step === 1)) {
      longest = { start, end: start + (length - 1) * step, step };
      count = length;
    }
  }
  return longest;
}

function runLength(known: ReadonlySet<number>, start: number, step: number): number {
  let length = 1;
  while (known.has(start + length * step)) length += 1;
  return length;
}
