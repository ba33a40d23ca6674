/** Tells changes to all who listen, through PostgreSQL, so that several processes agree. */
import { CompiledQuery, type Transaction } from 'kysely';
import { coalesce, type ToldChange } from '../model/change';
import type { Tables } from './schema';

/** Name of the channel on which changes are told, for whoever listens. */
export const changesChannel = 'tablegate';

/** What is told at once, as JSON; of two equal texts in one transaction PostgreSQL tells one. */
export interface ToldChanges {
  tenant: string;
  changes: ToldChange[];
}

/** Changes of one type and task that a transaction tells one by one. */
const mostOfEach = 10;
/** PostgreSQL takes less than 8,000 bytes at once. */
const mostBytes = 7_500;

/** A change as the writer knows it; what it does not name is not known. */
export type NewChange = Pick<ToldChange, 'type' | 'id'> & Partial<ToldChange>;

/** Somebody may no longer do what he could: whoever has a stream open is looked at again. */
export const accessChange = { type: 'access', id: null } as const satisfies NewChange;

/** Tells changes to all who listen, once the transaction is committed. */
export async function notify(
  transaction: Transaction<Tables>,
  tenant: string,
  changes: readonly NewChange[],
): Promise<void> {
  for (const text of payloadsOf(tenant, changes)) {
    await transaction.executeQuery(
      CompiledQuery.raw('select pg_notify($1, $2)', [changesChannel, text]),
    );
  }
}

/** The texts to tell, each as long as PostgreSQL takes. */
export function payloadsOf(tenant: string, changes: readonly NewChange[]): string[] {
  const whole = changes.map((change) => ({ taskId: null, version: null, ...change }));
  const texts: string[] = [];
  let some: ToldChange[] = [];
  let bytes = 0;
  for (const change of coalesce(whole, mostOfEach)) {
    const more = Buffer.byteLength(JSON.stringify(change)) + 1;
    if (some.length > 0 && bytes + more > mostBytes) {
      texts.push(JSON.stringify({ tenant, changes: some } satisfies ToldChanges));
      [some, bytes] = [[], 0];
    }
    some.push(change);
    bytes += more;
  }
  if (some.length > 0) texts.push(JSON.stringify({ tenant, changes: some } satisfies ToldChanges));
  return texts;
}
