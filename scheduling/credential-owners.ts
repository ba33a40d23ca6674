/** Whose keys a caller sees, makes and removes: each user his own, admins those of all. */
import { TablegateError } from '../model/errors';
import type { Caller } from '../model/people';

/**
 * @param asked whose are asked for; null: those of all that the caller sees
 * @returns the user whose keys the caller means; null: those of all
 */
export function whoseCredentials(
  { role, userId }: Caller,
  asked: string | null = null,
): string | null {
  return role === 'admin' ? asked : userId;
}

/**
 * Whose a new key is to be.
 * @param asked null: the caller's
 * @throws TablegateError notAllowed
 */
export function ownerOfNew({ role, userId }: Caller, asked: string | null): string {
  const owner = asked ?? userId;
  if (owner === userId || role === 'admin') return owner;
  throw new TablegateError(
    'notAllowed',
    'Only admins make keys for others; leave `userId` out to make one for yourself.',
  );
}
