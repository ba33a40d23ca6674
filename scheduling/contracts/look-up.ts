/** Look-up of one ID in the result of an ID mapping. */
import type { IdChain, LookedUpId, LookedUpUser } from '../../model/look-up';
import type { Caller } from '../../model/people';

export interface LookUpService {
  /**
   * The user behind an ID of an `id-mapping` task's result, with all IDs and where they stand.
   * @throws TablegateError idNotFound, noIdMapping, noResult, sourcesChanged, connectionFailed,
   * tooManyLookUps, lookUpTooLarge, workerUnavailable
   */
  user(caller: Caller, taskId: string, id: LookedUpId): Promise<LookedUpUser>;
  /**
   * The shortest chain of rows between two IDs of one user.
   * @throws TablegateError the same, and differentUsers
   */
  chain(
    caller: Caller,
    taskId: string,
    ends: { from: LookedUpId; to: LookedUpId },
  ): Promise<IdChain>;
}
