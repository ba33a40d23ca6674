/** How the entity starts, watches and cancels its runs. */
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
import { cancelRunSignal } from '../model/messages';
import { runWorkflowId } from '../model/names';
import {
  endLostRun,
  endRun,
  queuedRecord,
  runHandedOver,
  type RunEnd,
  type StepContext,
} from '../model/task-steps';
import type { LiveRun, TaskState } from '../model/task-state';
import type { taskRun } from './task-run';

const { askRun } = proxyActivities<Activities>({
  startToCloseTimeout: '10 s',
  retry: { initialInterval: '1 s', maximumInterval: '30 s' },
});

/** How often a run is asked after whose end this history would not hear of by itself. */
const firstAskMs = 10_000;
const laterAskMs = 300_000;

/** Starts the workflow of the run that the state asks for. */
export async function startRun(
  state: TaskState,
  live: LiveRun,
  context: StepContext,
): Promise<void> {
  const { runId } = live;
  const definition = live.definition!;
  try {
    const child = await startChild<typeof taskRun>('taskRun', {
      workflowId: runWorkflowId(state.tenant, state.taskId, runId),
      args: [
        {
          number: state.number,
          runNumber: live.runNumber,
          definition,
          record: queuedRecord(state, live),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${definition.name}: started by ${live.startedByUser ?? live.startedBy}`,
    });
    runHandedOver(state, runId);
    void watchChild(state, runId, child, context);
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
    if (await condition(() => state.live?.runId !== runId, waitMs)) return;
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
  for (;;) {
    await condition(() => {
      const { live } = state;
      return live?.cancelReason != null && live.definition === null && !told.has(live.runId);
    });
    const { runId, cancelReason } = state.live!;
    told.add(runId);
    const run = getExternalWorkflowHandle(runWorkflowId(state.tenant, state.taskId, runId));
    try {
      await run.signal(cancelRunSignal, { reason: cancelReason! });
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
