/** How the entity starts, watches and cancels its runs, and lets go of them at a roll-over. */
import {
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities/activities';
import { cancelRunSignal, taskRolledOverSignal } from '../model/messages';
import { runWorkflowId } from '../model/names';
import {
  endLostRun,
  endRun,
  queuedRecord,
  runHandedOver,
  type RunEnd,
  type StepContext,
} from '../model/task-steps';
import { liveRuns, type LiveRun, type TaskState } from '../model/task-state';
import { runAttributes } from './search-attributes';
import type { taskRun } from './task-run';

const { askRun } = proxyActivities<Activities>({
  startToCloseTimeout: '10 s',
  retry: { initialInterval: '1 s', maximumInterval: '30 s' },
});

/** How often a run is asked after whose end this history would not hear of by itself. */
const firstAskMs = 10_000;
const laterAskMs = 300_000;

/** Runs whose end this history hears of from Temporal; at a roll-over they are told so. */
export type Children = Map<string, ChildWorkflowHandle<typeof taskRun>>;

/** Starts the workflow of a run that the state asks for. */
export async function startRun(
  state: TaskState,
  run: LiveRun,
  context: StepContext,
  how: { children: Children; searchAttributes: boolean },
): Promise<void> {
  const { runId } = run;
  try {
    const child = await startChildOf(state, run, how.searchAttributes);
    if (run.recordedByTask) how.children.set(runId, child);
    runHandedOver(state, runId);
    void watchChild(state, runId, child, context).then(() => how.children.delete(runId));
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      runHandedOver(state, runId);
      void watchAdopted(state, runId, context);
    } else {
      endLostRun(
        state,
        lostRun(runId, `it could not be started: ${String(error)}`, context),
        context,
      );
    }
  }
}

function startChildOf(
  state: TaskState,
  run: LiveRun,
  searchAttributes: boolean,
): Promise<ChildWorkflowHandle<typeof taskRun>> {
  const { tenant, taskId, number } = state;
  const { runId, runNumber, recordedByTask } = run;
  const definition = run.definition!;
  const startedBy = run.startedByUser ?? run.startedBy;
  const time = run.scheduleTime === null ? '' : ` for ${run.scheduleTime}`;
  return startChild<typeof taskRun>('taskRun', {
    workflowId: runWorkflowId(tenant, taskId, runId),
    args: [
      {
        ...{ number, runNumber, definition, record: queuedRecord(state, run) },
        ...(recordedByTask && { recordedByTask, searchAttributes }),
      },
    ],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `${definition.name}${time}: started by ${startedBy}`,
    ...(recordedByTask &&
      searchAttributes && {
        typedSearchAttributes: runAttributes(
          { tenant, taskId, status: 'running' },
          definition.name,
        ),
      }),
  });
}

/**
 * Tells all runs of this history that it ends: from here on they signal their end to the next one.
 * A run that could not be told has ended, and this history has heard of it.
 */
export async function letGo(state: TaskState, children: Children): Promise<void> {
  await Promise.all(
    [...children].map(async ([runId, child]) => {
      const ended = (): boolean => liveRuns(state).every((run) => run.runId !== runId);
      try {
        await child.signal(taskRolledOverSignal);
      } catch {
        await condition(ended);
      }
    }),
  );
}

/** Hears of the end of a run that this history started, also where it ends without a word. */
async function watchChild(
  state: TaskState,
  runId: string,
  child: ChildWorkflowHandle<typeof taskRun>,
  context: StepContext,
): Promise<void> {
  try {
    endRun(state, await child.result(), context);
  } catch {
    endLostRun(state, lostRun(runId, 'its workflow was ended in Temporal', context), context);
  }
}

/** Asks after a run that an earlier history started, until its end is known. */
export async function watchAdopted(
  state: TaskState,
  runId: string,
  context: StepContext,
): Promise<void> {
  const { tenant, taskId } = state;
  for (let waitMs = firstAskMs; ; waitMs = Math.min(waitMs * 2, laterAskMs)) {
    const ended = (): boolean => liveRuns(state).every((run) => run.runId !== runId);
    if (await condition(ended, waitMs)) return;
    const answer = await askRun({ tenant, taskId, runId });
    if (answer === 'live') continue;
    if (answer === 'lost') {
      endLostRun(state, lostRun(runId, 'its workflow was ended in Temporal', context), context);
    } else {
      endRun(state, answer, context);
    }
    return;
  }
}

/** Tells every live run that is to be cancelled so, once its workflow exists. */
export async function cancelRuns(state: TaskState): Promise<void> {
  const told = new Set<string>();
  const toTell = (): LiveRun | undefined =>
    liveRuns(state).find(
      ({ runId, cancelReason, definition }) =>
        cancelReason != null && definition === null && !told.has(runId),
    );
  for (;;) {
    await condition(() => toTell() !== undefined);
    const run = toTell();
    // It may have ended by a signal of the same workflow task.
    if (run === undefined) continue;
    const { runId, cancelReason } = run;
    told.add(runId);
    const workflowId = runWorkflowId(state.tenant, state.taskId, runId);
    try {
      await getExternalWorkflowHandle(workflowId).signal(cancelRunSignal, {
        reason: cancelReason!,
      });
    } catch {
      // The run has ended meanwhile; whoever watches it hears of that.
    }
  }
}

function lostRun(runId: string, why: string, context: StepContext): RunEnd {
  return {
    runId,
    status: 'failed',
    finishedAt: context.now,
    failureReason: `The run was lost: ${why}.`,
  };
}
