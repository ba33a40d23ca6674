/** Statements on backfills, which are too much one's own for a builder. */
import { CompiledQuery } from 'kysely';
import type { Transaction } from 'kysely';
import { lock, transact, type Database, type Tables } from '../schema';

export type { Database };
export type Step = Transaction<Tables>;

/** One backfill of one tenant. */
export interface BackfillKey {
  tenant: string;
  id: string;
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

/**
 * Runs `work` in a transaction that has all backfills of the tenant to itself: a step may move cells
 * of other backfills, and two that did so in different orders would wait for each other.
 */
export function alone<Result>(
  db: Database,
  tenant: string,
  work: (step: Step) => Promise<Result>,
): Promise<Result> {
  return transact(db, async (step) => {
    await lock(step, 'backfills', tenant);
    return work(step);
  });
}
