/** Profiles by what a source keeps of a column anyway: shares of frequent values, and a histogram. */
import {
  compareNumbers,
  compareTexts,
  hasQuantiles,
  keptValue,
  mostTopValues,
  orderOf,
  quantileShares,
  round,
  type ColumnProfile,
} from './profile';

export interface KeptStatistics {
  /** 0 to 1. */
  nullShare: number;
  /** Distinct values; null: not known. */
  distinct: number | null;
  /** With their share of all rows. */
  frequent: { value: string; share: number }[];
  /** Bounds of parts that hold equally many of the other values, in order. */
  bounds: string[];
}

/** What such statistics tell; minimum and maximum are those of the rows that the source has seen. */
export function profileOfStatistics(type: string, kept: KeptStatistics): ColumnProfile {
  const { nullShare, distinct, frequent, bounds } = kept;
  const order = orderOf(type);
  const compare = order === 'number' ? compareNumbers : compareTexts;
  const sorted = pointsOf(kept).toSorted((one, other) => compare(one.value, other.value));
  const [first, last] = [sorted[0], sorted.at(-1)];
  // Frequent values alone say nothing about the ends.
  const hasEnds = bounds.length > 0 || isComplete(kept);
  return {
    nullShare: round(nullShare),
    distinct,
    min: first && hasEnds ? keptValue(first.value) : null,
    max: last && hasEnds ? keptValue(last.value) : null,
    quantiles: sorted.length > 0 && hasEnds && hasQuantiles(type) ? quantilesOf(sorted) : null,
    top: frequent
      .slice(0, mostTopValues)
      .map(({ value, share }) => ({ value: keptValue(value), share: round(share) })),
    withheld: false,
  };
}

interface Point {
  value: string;
  weight: number;
}

/** The frequent values by their share; each bound stands for the part that ends with it. */
function pointsOf({ nullShare, frequent, bounds }: KeptStatistics): Point[] {
  const frequentShare = frequent.reduce((sum, { share }) => sum + share, 0);
  const rest = Math.max(0, 1 - nullShare - frequentShare);
  const parts = Math.max(1, bounds.length - 1);
  return [
    ...frequent.map(({ value, share }) => ({ value, weight: share })),
    ...bounds.map((value, place) => ({ value, weight: place === 0 ? 0 : rest / parts })),
  ];
}

function isComplete({ nullShare, frequent }: KeptStatistics): boolean {
  return nullShare + frequent.reduce((sum, { share }) => sum + share, 0) > 0.99;
}

function quantilesOf(sorted: readonly Point[]): string[] {
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  return quantileShares.map((share) => {
    let seen = 0;
    const point = sorted.find(({ weight }) => (seen += weight) >= share * total - 1e-9);
    return keptValue((point ?? sorted.at(-1)!).value);
  });
}
