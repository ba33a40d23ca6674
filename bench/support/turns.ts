/** All sides in turn, so that what drifts (caches, other load, a warm disk) meets all alike. */

export type Side = 'ours' | 'bare';

/** The order of the n-th pair: A B, then B A, and so on. */
export function orderOf(pair: number): readonly Side[] {
  return orderAmong(['ours', 'bare'], pair);
}

/** The order of the n-th round of any number of sides: as given, then the other way round. */
function orderAmong<Name>(sides: readonly Name[], round: number): readonly Name[] {
  return round % 2 === 0 ? sides : sides.toReversed();
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
    results.push(await oneRound(['ours', 'bare'], pair, (side) => measure(side, pair)));
  }
  return results;
}

/**
 * Measures each side once, one after the other.
 * @param round counts from 0; every other one goes the other way round
 */
export async function oneRound<Name extends string, Result>(
  sides: readonly Name[],
  round: number,
  measure: (side: Name) => Promise<Result>,
): Promise<Record<Name, Result>> {
  const done: Partial<Record<Name, Result>> = {};
  for (const side of orderAmong(sides, round)) done[side] = await measure(side);
  return done as Record<Name, Result>;
}
