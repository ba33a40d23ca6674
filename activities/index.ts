/** All activities, made from what they depend on. */
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';
import { makeAnswerLookUp } from './answer-look-up';
import { makeBackfillSteps } from './advance-backfill';
import { makeDeliverNotice } from './deliver-notice';
import { makeJudgeNeeds } from './judge-needs';
import { makeProjectTask } from './project-task';
import { makePrune } from './prune';
import { makeRunJob } from './run-job';
import { makeSyncSchedule } from './sync-schedule';
import { makeWatch } from './watch';

/** @returns the activities that the worker registers, bound to store, job types and Temporal */
export function createActivities(deps: ActivityDeps): Activities {
  return {
    projectTask: makeProjectTask(deps),
    async recordRun(record) {
      await deps.store.runs.project(record);
      return { searchAttributes: deps.searchAttributes() };
    },
    runJob: makeRunJob(deps),
    askRun: (run) => deps.temporal.askRun(run),
    judgeNeeds: makeJudgeNeeds(deps),
    deliverNotice: makeDeliverNotice(deps),
    answerLookUp: makeAnswerLookUp(deps),
    prune: makePrune(deps),
    syncSchedule: makeSyncSchedule(deps),
    ...makeBackfillSteps(deps),
    watch: makeWatch(deps),
  };
}
