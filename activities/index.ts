/** All activities, made from what they depend on. */
import { lineageOf } from '../model/lineage-of';
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';
import { makeBackfillSteps } from './advance-backfill';
import { makeDeliverNotice } from './deliver-notice';
import { makeJudgeNeeds } from './judge-needs';
import { makePrune } from './prune';
import { makeRunJob } from './run-job';
import { makeSyncSchedule } from './sync-schedule';
import { tellDownstream } from './tell-downstream';
import { makeWatch } from './watch';

/** @returns the activities that the worker registers, bound to store, job types and Temporal */
export function createActivities(deps: ActivityDeps): Activities {
  return {
    async projectTask(batch) {
      const lineage = lineageOf(deps.jobTypes, batch.task);
      await deps.store.tasks.project({ ...batch, lineage });
      await tellDownstream(deps, { ...batch, lineage });
      return { searchAttributes: deps.searchAttributes() };
    },
    async recordRun(record) {
      await deps.store.runs.project(record);
      return { searchAttributes: deps.searchAttributes() };
    },
    runJob: makeRunJob(deps),
    askRun: (run) => deps.temporal.askRun(run),
    judgeNeeds: makeJudgeNeeds(deps),
    deliverNotice: makeDeliverNotice(deps),
    prune: makePrune(deps),
    syncSchedule: makeSyncSchedule(deps),
    ...makeBackfillSteps(deps),
    watch: makeWatch(deps),
  };
}
