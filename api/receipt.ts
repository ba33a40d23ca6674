import { randomBytes } from 'node:crypto';

/** A name for one call that nobody else has: 30 lower-case hex characters. */
export function newReceipt(): string {
  return randomBytes(15).toString('hex');
}
