/** Who may put a result in the place of the former one: the same rules in every kind of target. */
import { isDeepStrictEqual } from 'node:util';
import {
  ConnectorError,
  OutdatedError,
  SupersededError,
  type HeldWrite,
  type SwapRequest,
  type TableRef,
} from './connector';

/** Schema of our own in every target; never listed. */
export const ownSchema = 'tablegate';

/** What is noted in the target of the last swap of a table. */
export interface NotedWrite extends HeldWrite {
  writtenAtMs: number;
}

/**
 * The sentence that refuses a swap, or null. A higher fence of the same task means that a later run
 * or try has written; the same fence means the same try, which may write its result again. When a
 * table passes from one task to another, a try of the former one that slept began before the new
 * one wrote.
 */
function refusalOf(
  last: NotedWrite,
  { schema, table }: TableRef,
  request: Pick<SwapRequest, 'writer' | 'fence' | 'startedAtMs'>,
): string | null {
  const name = `${schema}.${table}`;
  if (last.writer === request.writer) {
    if (last.fence <= request.fence) return null;
    return `${name} was already written by a later run or try (${last.fence}, this is ${request.fence}).`;
  }
  if (last.writtenAtMs < request.startedAtMs) return null;
  return `${name} was written by another task (${last.writer}) after this try began.`;
}

/** @throws SupersededError where a later run or try, or another task, has written since */
export function refuseSuperseded(
  last: NotedWrite | null,
  ref: TableRef,
  request: Pick<SwapRequest, 'writer' | 'fence' | 'startedAtMs'>,
): void {
  const refusal = last === null ? null : refusalOf(last, ref, request);
  if (refusal === null) return;
  throw new SupersededError(refusal, last?.writer === request.writer ? last.fence : null);
}

/** @throws OutdatedError where the result is not the one that the new one builds on */
export function refuseOutdated(
  { schema, table }: TableRef,
  before: HeldWrite | null,
  { basedOn }: Pick<SwapRequest, 'basedOn'>,
): void {
  if (basedOn === undefined) return;
  if (isDeepStrictEqual(before, basedOn)) return;
  throw new OutdatedError(`${schema}.${table} has been written since it was read.`);
}

/** What is said where the target holds a table that no task has written. */
export function foreignTable({ schema, table }: TableRef): ConnectorError {
  return new ConnectorError(
    `The table ${schema}.${table} is there already and was not written by a task; ` +
      'choose another output, or drop it first.',
  );
}

/** @throws ConnectorError for a table of our own schema, which holds the notes */
export function refuseOwnSchema(tables: readonly { ref: TableRef }[]): void {
  if (tables.some(({ ref }) => ref.schema.toLowerCase() === ownSchema)) {
    throw new ConnectorError(`The schema ${ownSchema} is not for results.`);
  }
}
