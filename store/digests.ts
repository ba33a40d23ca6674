/** Digests that stand for what they are made of, short enough to be kept by the thousand. */
import { createHash } from 'node:crypto';
import { digest } from './secrets';

type Parts = readonly (string | null)[];

/** What an Idempotency-Key is remembered by: 22 characters, whose 128 bits do not collide. */
export function keyDigest(parts: Parts): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  return hash.subarray(0, 16).toString('base64url');
}

/** The receipt of a call that was made of another, the same at every repeat: 30 hex characters. */
export function receiptOf(parts: Parts): string {
  return digest(JSON.stringify(parts)).slice(0, 30);
}
