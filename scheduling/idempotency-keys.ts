/** Ids and digests that are made of an `Idempotency-Key`. */
import { createHash } from 'node:crypto';
import type { Caller } from '../model/people';
import { makeId, type Secrets } from '../store/secrets';

/** An Idempotency-Key counts for a day; the same one on a later day stands for another thing. */
export function dayKey(key: string): string {
  return `${new Date().toISOString().slice(0, 10)}/${key}`;
}

/** The id of a backfill: a function of the key that came with the call; without one, a new one. */
export function backfillIdOf(
  secrets: Pick<Secrets, 'taskIdOfKey'>,
  { tenant, userId }: Caller,
  key: string | null,
): string {
  return key === null ? makeId() : secrets.taskIdOfKey(tenant, userId, `backfill/${dayKey(key)}`);
}

/** Short enough for a thousand of them in a task's state; 128 bits do not collide. */
export function keyDigest(parts: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  return hash.subarray(0, 16).toString('base64url');
}
