/**
 * The entity: one long-lived workflow per scheduling task. Handlers change the state through the
 * steps of `model/task-steps.ts`; the loops here act on what the state asks for: start the run,
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
import { confirmProjected, type StepContext } from '../model/task-steps';
import {
  handOver,
  isProjected,
  projectTask as projectionOf,
  type TaskState,
} from '../model/task-state';
import { detailsOfTask } from './details';
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

/** Events after which a roll-over is taken where the task is idle, and at any moment. */
const quietHistoryLength = 1_000;
const dueHistoryLength = 4_000;
const dueHistorySize = 4 * 1024 * 1024;
const dueMessages = 1_000;

/** From here a roll-over no longer waits for the store, as long as little is unconfirmed. */
const urgentHistoryLength = 12_000;
const urgentHistorySize = 12 * 1024 * 1024;
const urgentOutbox = 300;

/**
 * Runs one scheduling task until it is removed. A cancellation from outside is not heeded: a task
 * ends by being removed, so that its record, tokens and runs end with it.
 * @param state what the task is and holds; the same value is handed on at every roll-over
 */
export async function schedulingTask(state: TaskState): Promise<void> {
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
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  if (!isProjected(state)) {
    const urgent = historyLength > urgentHistoryLength || historySize > urgentHistorySize;
    return urgent && state.outbox.ledger.length + state.outbox.runs.length <= urgentOutbox;
  }
  return (
    continueAsNewSuggested ||
    historyLength > dueHistoryLength ||
    historySize > dueHistorySize ||
    messagesTaken > dueMessages ||
    (historyLength > quietHistoryLength && state.live === null)
  );
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
