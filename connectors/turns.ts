/** Turns: no more than so many at once, the others wait in order, for a limited time. */

export interface TurnRequest {
  /** How long a turn is waited for, in milliseconds. */
  waitMs: number;
  signal: AbortSignal | null;
}

export class Turns {
  readonly #places: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** @param places how many have a turn at once */
  constructor(places: number) {
    this.#places = places;
  }

  /** True when nobody has a turn or waits for one. */
  get idle(): boolean {
    return this.#taken === 0;
  }

  /**
   * @returns true once it is the caller's turn, which `end` ends; false when the wait was too long
   * @throws the signal's reason
   */
  async take({ waitMs, signal }: TurnRequest): Promise<boolean> {
    signal?.throwIfAborted();
    if (this.#taken < this.#places) {
      this.#taken += 1;
      return true;
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        const at = this.#waiting.indexOf(begin);
        if (at >= 0) this.#waiting.splice(at, 1);
      };
      const begin = () => {
        leave();
        resolve(true);
      };
      const abort = () => {
        leave();
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        leave();
        resolve(false);
      }, waitMs);
      signal?.addEventListener('abort', abort);
      this.#waiting.push(begin);
    });
  }

  /** Ends a turn; the one that waits longest has it then. */
  end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
