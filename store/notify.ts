/** Tells changes to all who listen, through PostgreSQL, so that several processes agree. */
import { CompiledQuery, type Transaction } from 'kysely';
import type { Tables } from './schema';

/** Name of the channel on which changes are told, for whoever listens. */
export const changesChannel = 'tablegate';

export interface Change {
  tenant: string;
  kind: 'task' | 'run' | 'backfill';
  id: string;
}

/** Tells a change to all who listen, once the transaction is committed. */
export async function notify(transaction: Transaction<Tables>, change: Change): Promise<void> {
  const { tenant, kind, id } = change;
  await transaction.executeQuery(
    CompiledQuery.raw('select pg_notify($1, $2)', [
      changesChannel,
      JSON.stringify({ tenant, kind, id }),
    ]),
  );
}
