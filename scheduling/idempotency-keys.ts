/** Ids that are made of an `Idempotency-Key`: the same key and caller give the same thing. */
import type { Caller } from '../model/people';
import type { Imported } from '../model/task';
import { makeId, type Secrets } from '../store/secrets';

/** An Idempotency-Key counts for a day; the same one on a later day stands for another thing. */
function dayKey(key: string): string {
  return `${new Date().toISOString().slice(0, 10)}/${key}`;
}

type Keys = Pick<Secrets, 'idOfKey'>;

/** The id of a task: a function of the key that came with the call; without one, a new one. */
export function taskIdOf(secrets: Keys, { tenant, userId }: Caller, key: string | null): string {
  return key === null ? makeId() : secrets.idOfKey(tenant, userId, dayKey(key));
}

/**
 * The id of an imported task: a repeat of its import, and another process with the same one, find
 * it. Ids of removed tasks are never taken again, so each time that it comes back it has another.
 * @param comeback how often it was removed
 */
export function importedIdOf(
  secrets: Keys,
  tenant: string,
  { source, externalId }: Imported,
  comeback: number,
): string {
  return secrets.idOfKey(tenant, 'import', JSON.stringify([source, externalId, comeback]));
}

/** The same for a backfill. */
export function backfillIdOf(
  secrets: Keys,
  { tenant, userId }: Caller,
  key: string | null,
): string {
  return key === null ? makeId() : secrets.idOfKey(tenant, userId, `backfill/${dayKey(key)}`);
}
