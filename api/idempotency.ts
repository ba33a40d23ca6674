/** `Idempotency-Key`: a POST that is sent again gets the answer of the first. */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { TablegateError } from '../model/errors';
import type { Caller } from '../model/people';
import type { IdempotencyService } from '../scheduling/scheduling';

export interface Reply {
  status: number;
  body: unknown;
}

/** What of an answer must not be kept, and how it is made again for a repeat. */
export interface Credentials {
  /** The answer without its credentials, as it is kept. */
  strip(body: unknown): unknown;
  /** The answer to the repeat, from what was kept. */
  restore(kept: unknown): Promise<unknown>;
}

export interface OnceOptions {
  service: IdempotencyService;
  caller: Caller;
  key: string;
  digest: string;
  credentials: Credentials | null;
  log: Logger;
}

/**
 * @param header value of `Idempotency-Key`
 * @returns the key; null where none was sent
 * @throws TablegateError invalidInput
 */
export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (/^[\x20-\x7e]{1,255}$/.test(header)) return header;
  const message = 'it must have 1 to 255 printable ASCII characters';
  throw new TablegateError('invalidInput', `Idempotency-Key: ${message}`, {
    fields: [{ path: 'Idempotency-Key', message }],
  });
}

/** Tells requests apart: another caller's is another request, so that nobody is answered for somebody else. */
export function digestRequest(caller: Caller, method: string, path: string, body: unknown): string {
  const parts = [caller.userId, method, path, body === undefined ? null : body];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Does the work once for a key. A refusal frees the key, so that the repeat is judged anew; calls
 * that may have changed something before they failed make ids of their own from the key.
 * @returns the reply, and whether it is that of a former request
 * @throws TablegateError idempotencyKeyReused, requestInProgress, and what `work` throws
 */
export async function once(
  options: OnceOptions,
  work: () => Promise<Reply>,
): Promise<Reply & { replayed: boolean }> {
  const { service, caller, key, digest, credentials } = options;
  const claim = await service.claim(caller, key, digest);
  switch (claim.state) {
    case 'done': {
      const body = credentials ? await credentials.restore(claim.body) : claim.body;
      return { status: claim.status, body, replayed: true };
    }
    case 'other':
      throw new TablegateError(
        'idempotencyKeyReused',
        'This Idempotency-Key came with another request before; use a new one',
      );
    case 'running':
      throw new TablegateError(
        'requestInProgress',
        'The first request with this Idempotency-Key is not answered yet',
      );
    case 'fresh':
      return { ...(await doFresh(options, work)), replayed: false };
  }
}

async function doFresh(options: OnceOptions, work: () => Promise<Reply>): Promise<Reply> {
  const { service, caller, key, credentials } = options;
  let reply: Reply;
  try {
    reply = await work();
  } catch (error) {
    await orLog(options, service.release(caller, key));
    throw error;
  }
  const kept = credentials ? credentials.strip(reply.body) : reply.body;
  await orLog(options, service.finish(caller, key, reply.status, kept));
  return reply;
}

/** The work is done whatever becomes of its key: a claim that stays ends by itself. */
async function orLog({ log }: OnceOptions, keeping: Promise<void>): Promise<void> {
  try {
    await keeping;
  } catch (err) {
    log.warn({ err }, 'the answer to an Idempotency-Key could not be kept');
  }
}
