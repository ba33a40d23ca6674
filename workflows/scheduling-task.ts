/**
 * The entity: one long-lived workflow per scheduling task. Handlers change the state through the
 * steps of `model/task-steps`; the loops here act on what the state asks for: start the run,
 * cancel what is to be cancelled, bring changes into the store, roll over.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities';
import { handOver, isWithinBound, takeOver, type HandedOver } from '../model/hand-over';
import { confirmProjected, type StepContext } from '../model/task-steps';
import { isProjected, projectTask as projectionOf, type TaskState } from '../model/task-state';
import { detailsOfTask } from './details';
import { rollOverLimits } from './roll-over-limits';
import { cancelRuns, startRun, watchAdopted } from './run-watch';
import { noteTaskAttributes } from './search-attributes';
import { makeStepContext } from './step-context';
import { registerTaskHandlers, type TaskMessages } from './task-handlers';

const { projectTask } = proxyActivities<Activities>({
  startToCloseTimeout: '10 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

/** Most ledger lines and records that one projection carries. */
const projectionSize = 500;

/**
 * Runs one scheduling task until it is removed. A cancellation from outside is not heeded: a task
 * ends by being removed, so that its record, tokens and runs end with it.
 * @param input what the task is and holds: new, or as the run before handed it over
 */
export async function schedulingTask(input: TaskState | HandedOver): Promise<void> {
  const state = takeOver(input);
  const context = makeStepContext();
  const messages = registerTaskHandlers(state, context);
  await CancellationScope.nonCancellable(() => runTask(state, context, messages));
}

async function runTask(
  state: TaskState,
  context: StepContext,
  messages: TaskMessages,
): Promise<void> {
  const projection = new CancellationScope();
  void projection.run(() => projectChanges(state)).catch(ignoreCancellation);
  void startRuns(state, context);
  void cancelRuns(state);

  const finished = (): boolean => state.removed !== null && !state.live && isProjected(state);
  await condition(() => finished() || mayRollOver(state, messages.count()));
  const rollOver = !finished();
  projection.cancel();
  await messages.allHandled();
  if (rollOver) await continueAsNew<typeof schedulingTask>(handOver(state));
}

/** Brings every change into the store, oldest first. */
async function projectChanges(state: TaskState): Promise<void> {
  for (;;) {
    setCurrentDetails(detailsOfTask(state));
    await condition(() => !isProjected(state));
    const ledger = state.outbox.ledger.slice(0, projectionSize);
    const runs = state.outbox.runs.slice(0, projectionSize);
    const task = projectionOf(state);
    const { searchAttributes: available } = await projectTask({ task, ledger, runs });
    if (available) noteTaskAttributes(task);
    confirmProjected(state, {
      ledger: ledger.length,
      runs: runs.length,
      revision: task.revision,
    });
  }
}

/** Starts the runs that the state asks for, one after another. */
async function startRuns(state: TaskState, context: StepContext): Promise<void> {
  if (state.live?.definition === null) void watchAdopted(state, state.live.runId, context);
  for (;;) {
    await condition(() => state.live !== null && state.live.definition !== null);
    await startRun(state, state.live!, context);
  }
}

/**
 * A roll-over waits until a run that was asked for has its own workflow, and until the store has
 * confirmed everything; only a history close to Temporal's limits takes unconfirmed entries along.
 */
function mayRollOver(state: TaskState, messagesTaken: number): boolean {
  if (state.live && state.live.definition !== null) return false;
  const { quiet, due, urgent } = rollOverLimits;
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  if (!isProjected(state)) {
    const isUrgent = historyLength > urgent.events || historySize > urgent.bytes;
    return isUrgent && isWithinBound(handOver(state));
  }
  return (
    continueAsNewSuggested ||
    historyLength > due.events ||
    historySize > due.bytes ||
    messagesTaken > due.messages ||
    (historyLength > quiet.events && state.live === null)
  );
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
