/** Tells which users have more IDs of a type than a person has. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { SampledUser } from './crowded';
import { textsOf, type TypeIds } from './dictionary';
import { byText, shortened } from './left-out';
import type { CrowdedSample } from './messages';
import type { Reporter } from './report';

/** The record stays below 64 KB. */
const mostKept = 25;
const mostLogged = 10;

/** @param crowded most first */
export async function describeCrowded(
  connection: DuckDBConnection,
  types: TypeIds[],
  crowded: SampledUser[],
): Promise<CrowdedSample[]> {
  const kept = crowded.slice(0, mostKept);
  const texts = await textsOf(
    connection,
    types,
    kept.map(({ sample }) => sample),
  );
  return kept
    .map((user) => ({ ...user, sample: texts.get(user.sample)! }))
    .toSorted((one, other) => other.ids - one.ids || byText(one.sample, other.sample))
    .map(({ idType, ids, sample, apart }) => {
      return { idType, ids, sample: { ...sample, value: shortened(sample.value) }, apart };
    });
}

export function logCrowded(reporter: Reporter, crowded: CrowdedSample[], count: number): void {
  for (const { idType, ids, sample, apart } of crowded.slice(0, mostLogged)) {
    const done = apart ? '; its IDs are kept apart' : '';
    reporter.log(
      'warn',
      `the user of ${sample.idType} "${sample.value}" has ${ids} IDs of type ${idType}${done}`,
    );
  }
  if (count > mostLogged)
    reporter.log('warn', `${count - mostLogged} more users have as many IDs of one type`);
}
