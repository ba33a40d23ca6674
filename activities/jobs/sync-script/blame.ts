/** Where a copy first went wrong: what follows from it, on either side, is not what people are told. */

export interface Failed {
  side: 'source' | 'target';
  error: unknown;
}

export class Blame {
  readonly #stop: AbortController;
  first: Failed | null = null;

  /** @param stop aborted at the first failure, so that nothing goes on */
  constructor(stop: AbortController) {
    this.#stop = stop;
  }

  /** Runs a step of one side. @throws what the step throws */
  async at<T>(side: Failed['side'], step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (this.first === null) {
        this.first = { side, error };
        this.#stop.abort(error);
      }
      throw error;
    }
  }
}
