/** Shares of a table by ranges of a whole-number column, for channels that read at the same time. Pure. */

/** Ranges for each channel: those that are done early take the next. */
const rangesPerChannel = 4;

/**
 * Conditions that together hold for each row exactly once; rows without the key are among the first.
 * @param column as it stands in SQL
 * @param least and `most`: null where the table has no key at all
 */
export function keyConditions(
  column: string,
  least: bigint | null,
  most: bigint | null,
  channels: number,
): string[] {
  if (least === null || most === null || channels < 2) return ['1 = 1'];
  const span = most - least + 1n;
  const wanted = BigInt(channels * rangesPerChannel);
  const count = span < wanted ? span : wanted;
  const bounds: bigint[] = [];
  for (let index = 1n; index < count; index += 1n) bounds.push(least + (span * index) / count);
  if (bounds.length === 0) return ['1 = 1'];
  const conditions = [`(${column} IS NULL OR ${column} < ${bounds[0]!})`];
  for (let index = 1; index < bounds.length; index += 1) {
    conditions.push(`(${column} >= ${bounds[index - 1]!} AND ${column} < ${bounds[index]!})`);
  }
  conditions.push(`${column} >= ${bounds.at(-1)!}`);
  return conditions;
}

/** All conditions that are given, joined; empty where there is none. */
export function whereSql(...conditions: (string | null)[]): string {
  const given = conditions.filter((condition) => condition !== null && condition !== '1 = 1');
  return given.length === 0 ? '' : ` WHERE ${given.map((one) => `(${one!})`).join(' AND ')}`;
}
