/** Figures of many values. */

export interface Summary {
  count: number;
  min: number;
  p50: number;
  p99: number;
  max: number;
}

/**
 * The value that the share `q` (0 to 1) of all values is at most, between two of them in proportion.
 * @param values at least one, in any order
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new Error('there is no quantile of no values');
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function summarize(values: readonly number[]): Summary {
  return {
    count: values.length,
    min: quantile(values, 0),
    p50: median(values),
    p99: quantile(values, 0.99),
    max: quantile(values, 1),
  };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** `12.3 (11.8 to 14.0)`: the median and the spread. */
export function inWords(values: readonly number[], digits = 2): string {
  const [middle, low, high] = [median(values), quantile(values, 0), quantile(values, 1)];
  return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
