/** Both sides in turn, so that what drifts (caches, other load, a warm disk) meets both alike. */

export type Side = 'ours' | 'bare';

/** The order of the n-th pair: A B, then B A, and so on. */
export function orderOf(pair: number): readonly [Side, Side] {
  return pair % 2 === 0 ? ['ours', 'bare'] : ['bare', 'ours'];
}

/** What each side brought in one pair. */
export type Pair<Result> = Record<Side, Result>;

/**
 * Measures so many pairs, one measurement after the other.
 * @param measure measures one side; `pair` counts from 0
 */
export async function inTurns<Result>(
  pairs: number,
  measure: (side: Side, pair: number) => Promise<Result>,
): Promise<Pair<Result>[]> {
  const results: Pair<Result>[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const done: Partial<Pair<Result>> = {};
    for (const side of orderOf(pair)) done[side] = await measure(side, pair);
    results.push(done as Pair<Result>);
  }
  return results;
}
