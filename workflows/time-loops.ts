/**
 * What a task does about time, beside its runs: keeps its Schedule, asks what due times wait for,
 * tells backfills and webhooks, and notes when gates are late.
 */
import {
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities/activities';
import { instancesEndedSignal } from '../model/messages';
import { backfillWorkflowId, noticeWorkflowId, noticeWorkflowType } from '../model/names';
import {
  confirmReports,
  confirmSchedule,
  judgeGates,
  nextTimeLimit,
  passTime,
  takeGatesToJudge,
  takeReports,
  upstreamChanged,
  type StepContext,
} from '../model/task-steps';
import { wantedSchedule, type TaskState } from '../model/task-state';
import type { noticeDelivery } from './notice-delivery';
import type { WorkflowStepContext } from './step-context';

const { judgeNeeds, syncSchedule } = proxyActivities<Activities>({
  startToCloseTimeout: '20 s',
  retry: { initialInterval: '500 ms', maximumInterval: '30 s' },
});

/** How often gates that wait for upstream tasks are asked about, should no word of them have come. */
const askAgainMs = 15 * 60 * 1000;
/** A timer of Temporal takes no more than this at once. */
const longestWaitMs = 30 * 86_400_000;

/** Loops that may be in the middle of something. */
export interface TimeLoops {
  /** True where nobody is being told or asked just now, and nothing is left to be told. */
  idle(): boolean;
}

/**
 * Starts the loops. A history from before they were there does not have them: what they are for
 * makes it roll over (`belongsToNextHistory`).
 */
export function startTimeLoops(state: TaskState, context: WorkflowStepContext): TimeLoops {
  if (!state.recordedByTask) return { idle: () => true };
  void keepSchedule(state, context);
  void judgeDueGates(state, context);
  void tellBackfills(state);
  void tellWebhooks(state);
  void keepTimeLimits(state, context);
  return { idle: () => state.reports.length === 0 && state.notices.length === 0 };
}

/** True where an old history is asked for something that only the next one does. */
export function belongsToNextHistory(state: TaskState): boolean {
  if (state.recordedByTask) return false;
  return (
    state.schedule !== wantedSchedule(state) ||
    state.reports.length + state.notices.length + state.cells.length > 0 ||
    state.dated.some((gate) => gate.ask) ||
    state.definition.notifications !== null
  );
}

async function keepSchedule(state: TaskState, context: WorkflowStepContext): Promise<void> {
  for (;;) {
    await condition(() => state.schedule !== wantedSchedule(state) && !context.isHeldBack());
    const wanted = wantedSchedule(state);
    const { tenant, taskId, version, definition } = state;
    const { recurrence, timezone, name } = definition;
    const schedule = wanted === null || recurrence === null ? null : { recurrence, timezone };
    await syncSchedule({ tenant, taskId, name, version, schedule });
    confirmSchedule(state, wanted);
  }
}

async function judgeDueGates(state: TaskState, context: StepContext): Promise<void> {
  const isAsked = (): boolean => state.dated.some((gate) => gate.ask);
  for (let again: number | null = null; ;) {
    again = waitsForUpstream(state) ? (again ?? Date.now() + askAgainMs) : null;
    if (!(await withinTime(isAsked, again))) {
      again = null;
      upstreamChanged(state);
    }
    const scheduleTimes = takeGatesToJudge(state);
    if (scheduleTimes.length === 0) continue;
    const { tenant, taskId, createdAt, number, definition } = state;
    const ask = { tenant, taskId, createdAt, number, definition, scheduleTimes };
    judgeGates(state, await judgeNeeds(ask), context, definition);
  }
}

function waitsForUpstream(state: TaskState): boolean {
  return state.dated.some((gate) => gate.upstream && gate.upstream.status !== 'met' && !gate.ask);
}

/** @param limit in milliseconds; null: none. @returns false where it was over before it held */
async function withinTime(holds: () => boolean, limit: number | null): Promise<boolean> {
  if (holds()) return true;
  if (limit !== null) return limit > Date.now() && condition(holds, limit - Date.now());
  await condition(holds);
  return true;
}

async function tellBackfills(state: TaskState): Promise<void> {
  for (;;) {
    await condition(() => state.reports.length > 0);
    const { backfill, ends } = takeReports(state)!;
    const driver = getExternalWorkflowHandle(backfillWorkflowId(state.tenant, backfill));
    try {
      await driver.signal(instancesEndedSignal, { taskId: state.taskId, ends });
    } catch {
      // It has ended, or was ended: its next driver looks the ends up in the records.
    }
    confirmReports(state, backfill, ends.length);
  }
}

async function tellWebhooks(state: TaskState): Promise<void> {
  for (;;) {
    await condition(() => state.notices.length > 0);
    const delivery = state.notices[0]!;
    const { notice } = delivery;
    try {
      await startChild<typeof noticeDelivery>(noticeWorkflowType, {
        workflowId: noticeWorkflowId(state.tenant, state.taskId, notice.id),
        args: [delivery],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: notice.message.slice(0, 200),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    state.notices.shift();
  }
}

async function keepTimeLimits(state: TaskState, context: StepContext): Promise<void> {
  for (;;) {
    await condition(() => nextTimeLimit(state) !== null);
    const limit = nextTimeLimit(state);
    // The gate that had it may have been filled by a signal of the same workflow task.
    if (limit === null) continue;
    const waitMs = Math.min(limit - Date.now(), longestWaitMs);
    const isEarlier = (): boolean => (nextTimeLimit(state) ?? limit) < limit;
    if (waitMs > 0 && (await condition(isEarlier, waitMs))) continue;
    passTime(state, context);
  }
}
