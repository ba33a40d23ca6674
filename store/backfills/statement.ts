/** Statements on backfills, which are too much one's own for a builder. */
import { CompiledQuery, type Transaction } from 'kysely';
import type { BackfillStatus } from '../../model/backfill';
import { lock, transact, type Database, type Tables } from '../schema';

export type { Database };
export type Step = Transaction<Tables>;

/** One backfill of one tenant. */
export interface BackfillKey {
  tenant: string;
  id: string;
}

/** What a step has to know of its backfill. */
export interface Backfill extends BackfillKey {
  /** By which its cells are found. */
  nr: string;
  status: BackfillStatus;
  count: number;
  concurrency: number;
  startedByUser: string;
  finished: boolean;
}

/** The rows that a statement gives back. */
export async function rowsOf<Row>(
  db: Database | Step,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const { rows } = await db.executeQuery(CompiledQuery.raw(text, values));
  return rows as Row[];
}

/** Runs a statement and gives back how many rows it wrote. */
export async function affected(step: Step, text: string, values: unknown[]): Promise<number> {
  const { numAffectedRows } = await step.executeQuery(CompiledQuery.raw(text, values));
  return Number(numAffectedRows ?? 0);
}

// A plan is stored at one stroke and driven at once, before PostgreSQL has counted its rows: left to
// itself, it may read all of them at each step. Every statement of a step is served by an index.
const byIndexes = ['hashjoin', 'mergejoin', 'seqscan', 'bitmapscan', 'sort', 'material']
  .map((way) => `set_config('enable_${way}', 'off', true)`)
  .join(', ');

const readText = `select tenant, id, nr, status, count, concurrency,
    started_by_user as "startedByUser", finished_at is not null as finished
  from tablegate.backfills where tenant = $1 and id = $2`;

/**
 * Runs `work` on a backfill in a transaction that has all backfills of the tenant to itself: a step
 * may move cells of other backfills, and two that did so in different orders would wait for each
 * other.
 * @param work is given null where there is no such backfill
 */
export function alone<Result>(
  db: Database,
  { tenant, id }: BackfillKey,
  work: (step: Step, backfill: Backfill | null) => Promise<Result>,
): Promise<Result> {
  return transact(db, async (step) => {
    await lock(step, 'backfills', tenant);
    await rowsOf(step, `select ${byIndexes}`, []);
    const [backfill] = await rowsOf<Backfill>(step, readText, [tenant, id]);
    return work(step, backfill ?? null);
  });
}
