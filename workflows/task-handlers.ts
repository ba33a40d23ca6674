import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  currentUpdateInfo,
  setHandler,
} from '@temporalio/workflow';
import {
  applyTriggerUpdate,
  cancelRunUpdate,
  describeQuery,
  editUpdate,
  importUpdate,
  instancesRequestedSignal,
  instancesStoppedSignal,
  pauseUpdate,
  projectedQuery,
  receiptQuery,
  removeUpdate,
  resetGateUpdate,
  resumeUpdate,
  runEndedSignal,
  snapshotQuery,
  startUpdate,
  startWithPresentUpdate,
  tablesTriggeredSignal,
  tickSignal,
  upstreamChangedSignal,
  type TaskAnswer,
} from '../model/messages';
import {
  applyIgnored,
  cancelRun,
  editTask,
  endRun,
  findReceipt,
  rememberAnswer,
  removeTask,
  requestCells,
  resetGate,
  setPaused,
  startByHand,
  startWithPresent,
  stopCells,
  takeImport,
  takeTick,
  takeTriggers,
  upstreamChanged,
  whyNotApply,
  whyNotCancel,
  whyNotEdit,
  whyNotImport,
  whyNotReset,
  whyNotStart,
  whyNotWithPresent,
  type Refusal,
} from '../model/task-steps';
import { describeTask, isSettled, projectTask, type TaskState } from '../model/task-state';
import type { LedgerEntry } from '../model/trigger';
import { isHeldBack, type WorkflowStepContext } from './step-context';

/** What the main loop needs to know of the messages that came in. */
export interface TaskMessages {
  /** Signals and Updates taken by this run of the workflow. */
  count(): number;
  allHandled(): Promise<void>;
}

/**
 * Sets the entity's handlers. All are synchronous: they take one step and return; the loops in
 * `scheduling-task.ts` act on the new state.
 */
export function registerTaskHandlers(state: TaskState, context: WorkflowStepContext): TaskMessages {
  let taken = 0;

  setHandler(tablesTriggeredSignal, ({ triggers }) => {
    taken += 1;
    takeTriggers(state, triggers, context);
  });
  setHandler(runEndedSignal, (end) => {
    taken += 1;
    endRun(state, end, context);
  });
  setHandler(tickSignal, (tick) => {
    taken += 1;
    takeTick(state, tick, context);
  });
  setHandler(upstreamChangedSignal, () => {
    taken += 1;
    upstreamChanged(state);
  });
  setHandler(instancesRequestedSignal, ({ cells }) => {
    taken += 1;
    requestCells(state, cells, context);
  });
  setHandler(instancesStoppedSignal, ({ backfill, kill }) => {
    taken += 1;
    stopCells(state, backfill, kill);
  });

  setHandler(describeQuery, () => ({
    task: describeTask(state),
    removed: state.removed !== null,
  }));
  setHandler(snapshotQuery, () => ({ task: projectTask(state), ...state.outbox }));
  setHandler(projectedQuery, () => isSettled(state) || isHeldBack(state, context));
  setHandler(receiptQuery, (receipt, time) => findReceipt(state, receipt, time));

  /** Takes a step once per Update id, also where the caller repeats it after a roll-over. */
  function answerOnce(step: () => Pick<TaskAnswer, 'runId' | 'entry'>): TaskAnswer {
    taken += 1;
    context.holdBack(0);
    const id = currentUpdateInfo()?.id ?? '';
    const known = state.answers.find((answer) => answer.id === id);
    if (known) return answerOf(state, { runId: known.runId, entry: null });
    const brought = step();
    rememberAnswer(state, id, brought.runId);
    return answerOf(state, brought);
  }

  function refuse(refusal: Refusal | null): void {
    const id = currentUpdateInfo()?.id;
    if (refusal === null || state.answers.some((answer) => answer.id === id)) return;
    throw ApplicationFailure.create({
      message: refusal.detail,
      type: refusal.code,
      nonRetryable: true,
    });
  }

  setHandler(
    editUpdate,
    ({ patch, paused, holdMs = 0 }) =>
      answerOnce(() => {
        editTask(state, patch, context, paused);
        context.holdBack(holdMs);
        return nothingElse();
      }),
    { validator: ({ ifVersion }) => refuse(whyNotEdit(state, ifVersion)) },
  );
  setHandler(
    startUpdate,
    ({ by }) => answerOnce(() => ({ ...startByHand(state, by, context), entry: null })),
    { validator: (_start) => refuse(whyNotStart(state)) },
  );
  setHandler(
    cancelRunUpdate,
    (cancel) =>
      answerOnce(() => {
        cancelRun(state, cancel, context);
        return { runId: cancel.runId, entry: null };
      }),
    { validator: ({ runId }) => refuse(whyNotCancel(state, runId)) },
  );
  setHandler(
    startWithPresentUpdate,
    (ask) => answerOnce(() => ({ ...startWithPresent(state, ask, context), entry: null })),
    { validator: (ask) => refuse(whyNotWithPresent(state, ask)) },
  );
  setHandler(pauseUpdate, () => answerOnce(() => nothingElse(setPaused(state, true, context))), {
    validator: () => refuse(whyNotEdit(state, null)),
  });
  setHandler(resumeUpdate, () => answerOnce(() => nothingElse(setPaused(state, false, context))), {
    validator: () => refuse(whyNotEdit(state, null)),
  });
  setHandler(
    removeUpdate,
    ({ by }) => answerOnce(() => nothingElse(removeTask(state, by, context))),
    {
      validator: ({ ifVersion }) => refuse(whyNotEdit(state, ifVersion)),
    },
  );
  setHandler(
    importUpdate,
    ({ task, by }) => answerOnce(() => nothingElse(takeImport(state, task, by, context))),
    { validator: (_import) => refuse(whyNotImport(state)) },
  );
  setHandler(
    resetGateUpdate,
    ({ scheduleTime }) => answerOnce(() => nothingElse(resetGate(state, scheduleTime, context))),
    { validator: ({ scheduleTime }) => refuse(whyNotReset(state, scheduleTime)) },
  );
  setHandler(
    applyTriggerUpdate,
    ({ entry, by }) => answerOnce(() => applied(applyIgnored(state, entry, by, context))),
    { validator: ({ entry }) => refuse(whyNotApply(state, entry)) },
  );

  return {
    count: () => taken,
    allHandled: () => condition(allHandlersFinished),
  };
}

function nothingElse(_step?: void): Pick<TaskAnswer, 'runId' | 'entry'> {
  return { runId: null, entry: null };
}

function applied(entry: LedgerEntry): Pick<TaskAnswer, 'runId' | 'entry'> {
  return { runId: entry.runId, entry };
}

function answerOf(state: TaskState, brought: Pick<TaskAnswer, 'runId' | 'entry'>): TaskAnswer {
  return {
    task: projectTask(state),
    ...brought,
    run: state.outbox.runs.findLast((record) => record.id === brought.runId) ?? null,
  };
}
