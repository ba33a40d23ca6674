/** Where a copy first went wrong: what follows from it, on either side, is not what people are told. */
import { JobError } from '../../../model/job-type';

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

  /**
   * Runs a step of one side.
   * @param explain says in our words what a vendor threw
   * @throws what the step throws
   */
  async at<T>(
    side: Failed['side'],
    step: () => Promise<T>,
    explain: (error: unknown) => Error = (error) => error as Error,
  ): Promise<T> {
    try {
      return await step();
    } catch (thrown) {
      if (this.first !== null) throw thrown;
      const error = thrown instanceof JobError ? thrown : explain(thrown);
      this.first = { side, error };
      this.#stop.abort(error);
      throw error;
    }
  }
}
