/** Requests as the vendor's SDK signs them (`make-vectors.py`). */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface SignedVector {
  what: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

interface Vectors {
  accessKeyId: string;
  secret: string;
  requests: SignedVector[];
}

export const vectors = JSON.parse(
  readFileSync(path.join(__dirname, 'vectors.json'), 'utf8'),
) as Vectors;

/** When they were signed, in ms. */
export const signedAt = Date.parse('2026-04-14T00:00:00Z');
