/** Answers kept for calls that are sent again. */

/** Answers of POST requests that carried an `Idempotency-Key`, kept for 24 hours. */
export interface IdempotencyStore {
  /**
   * Claims a key for a request. `fresh`: it is yours, answer it and then `finish`;
   * `done`: the answer that was given; `other`: it was used for a request with another digest;
   * `running`: the first request is still under way (claims older than a minute count as free).
   */
  claim(
    tenant: string,
    key: string,
    requestDigest: string,
  ): Promise<
    | { state: 'fresh' }
    | { state: 'done'; status: number; body: unknown }
    | { state: 'other' }
    | { state: 'running' }
  >;
  finish(tenant: string, key: string, status: number, body: unknown): Promise<void>;
  /** Gives the key free again, where the request failed in a way that a retry may mend. */
  release(tenant: string, key: string): Promise<void>;
}
