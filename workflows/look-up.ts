/** Answers one question about a task's result, for somebody who waits. */
import {
  ActivityFailure,
  proxyActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities';
import { lookUpQueue } from '../model/names';
import type { LookUpAnswer, LookUpInput } from '../model/look-up';

/** Who started it gives it a longer time for the whole; see `lookUpMs` of the gateway. */
export async function lookUp(input: LookUpInput): Promise<LookUpAnswer> {
  const { answerLookUp } = proxyActivities<Activities>({
    taskQueue: lookUpQueue(workflowInfo().taskQueue),
    // For a free place among the few that a worker has.
    scheduleToStartTimeout: '10 s',
    // The activity itself ends after 30 s.
    startToCloseTimeout: '35 s',
    scheduleToCloseTimeout: '44 s',
    heartbeatTimeout: '5 s',
    // A worker that was lost is replaced by another, once.
    retry: { initialInterval: '100 ms', maximumAttempts: 2 },
  });
  try {
    return await answerLookUp(input);
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : null;
    if (!(cause instanceof TimeoutFailure)) throw error;
    return cause.timeoutType === 'SCHEDULE_TO_START' ? noPlace : lost;
  }
}

const noPlace: LookUpAnswer = {
  ...{ kind: 'refused', code: 'tooManyLookUps' },
  detail: 'Others ask as well: no worker had a free place within 10 s; ask again in a moment.',
};

const lost: LookUpAnswer = {
  ...{ kind: 'refused', code: 'lookUpTooLarge' },
  detail:
    'The worker that was at it was lost before it had an answer; ask again, or query the result in ' +
    'the analysis source.',
};
