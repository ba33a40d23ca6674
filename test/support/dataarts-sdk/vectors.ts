/** Requests as the vendor's SDKs sign them (`make-vectors.py`, `make-vectors.go`). */
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

const read = (file: string) =>
  JSON.parse(readFileSync(path.join(__dirname, file), 'utf8')) as Vectors;

export const vectors = read('vectors.json');

/** Of the SDK for Go, which signs neither `host` nor `content-type`. */
export const goVectors = read('vectors-go.json');

/** When they were signed, in ms. */
export const signedAt = Date.parse('2026-04-14T00:00:00Z');
