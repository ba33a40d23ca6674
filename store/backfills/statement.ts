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

/**
 * How much one transaction takes on: all other backfills of the tenant wait for it, and nobody is to
 * wait for a second.
 */
export const atOnce = {
  /** Cells or needs that are written, as far as that can be helped. */
  rows: 2_500,
  /** Cells of which others are told that they have ended. */
  untold: 500,
};

/** Places that the number of a cell has room for: more than a plan has cells. */
export const places = 2 ** 20;

/** Cells from one number up to another, which is not among them. */
export interface Part {
  from: string;
  to: string;
}

/**
 * Runs `work` on all cells of a backfill, the oldest first, some in each transaction.
 * @param work is called again for the same cells, in another transaction, where it says so
 */
export async function inParts(
  db: Database,
  key: BackfillKey,
  work: (step: Step, backfill: Backfill, part: Part) => Promise<'done' | 'again'>,
): Promise<void> {
  for (let [seq, count] = [0, 1]; seq < count;) {
    await alone(db, key, async (step, backfill) => {
      count = backfill?.count ?? 0;
      if (seq >= count) return;
      const first = BigInt(backfill!.nr) * BigInt(places) + BigInt(seq);
      const part = { from: String(first), to: String(first + BigInt(atOnce.rows)) };
      if ((await work(step, backfill!, part)) === 'done') seq += atOnce.rows;
    });
  }
}
