/** Answers kept for calls that are sent again. */
import type { Caller } from '../../model/people';

/** Remembers answers of POST requests by `Idempotency-Key`; see `store/store.ts`. */
export interface IdempotencyService {
  claim(
    caller: Caller,
    key: string,
    requestDigest: string,
  ): Promise<
    { state: 'fresh' | 'other' | 'running' } | { state: 'done'; status: number; body: unknown }
  >;
  finish(caller: Caller, key: string, status: number, body: unknown): Promise<void>;
  release(caller: Caller, key: string): Promise<void>;
}
