/**
 * The entity: one long-lived workflow per scheduling task. Handlers change the state through the
 * steps of `model/task-steps`; the loops here and in `time-loops.ts` act on what the state asks
 * for: start runs, cancel what is to be cancelled, bring changes into the store, roll over.
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
import { handOver, mayBeHandedOver, takeOver, type HandedOver } from '../model/hand-over';
import { cancelUnbegun, confirmProjected, runsToStart, startNext } from '../model/task-steps';
import {
  isProjected,
  isSettled,
  liveRuns,
  projectTask as projectionOf,
  type LiveRun,
  type TaskState,
} from '../model/task-state';
import { detailsOfTask } from './details';
import { rollOverLimits } from './roll-over-limits';
import { nextBatch } from './projection-batch';
import { cancelRuns, letGo, startRun, watchAdopted, type Children } from './run-watch';
import { hasTaskAttributes, noteTaskAttributes } from './search-attributes';
import { isHeldBack, makeStepContext, type WorkflowStepContext } from './step-context';
import { registerTaskHandlers, type TaskMessages } from './task-handlers';
import { belongsToNextHistory, startTimeLoops } from './time-loops';

const { projectTask } = proxyActivities<Activities>({
  startToCloseTimeout: '10 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

/** How long the end of a history waits for the store to take what would break the bound. */
const storeFirstMs = 10_000;

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
  context: WorkflowStepContext,
  messages: TaskMessages,
): Promise<void> {
  const known: Known = { searchAttributes: hasTaskAttributes() };
  const children: Children = new Map();
  const projection = new CancellationScope();
  void projection.run(() => projectChanges(state, known, context)).catch(ignoreCancellation);
  adoptRuns(state, context);
  void startRuns(state, context, { children, known });
  void cancelRuns(state);
  const loops = startTimeLoops(state, context);

  const light = oncePerTask(() => mayBeHandedOver(state));
  const finished = (): boolean => isFinished(state) && loops.idle();
  const isDue = (isLight: () => boolean): boolean => mayRollOver(state, messages.count(), isLight);
  for (;;) {
    await condition(() => finished() || isDue(light.isSo));
    if (finished()) return end(projection, messages);
    // More signals of the same workflow task may have asked for runs, or be too much to hand on.
    if (!isDue(light.look) && context.knows('still-due')) continue;
    context.close();
    await letGo(state, children);
    await condition(loops.idle);
    if (await mayEnd(state, light, context)) break;
    context.reopen();
    startNext(state, context);
  }
  await condition(loops.idle);
  await end(projection, messages);
  await continueAsNew<typeof schedulingTask>(handOver(state));
}

async function end(projection: CancellationScope, messages: TaskMessages): Promise<void> {
  projection.cancel();
  await messages.allHandled();
}

/**
 * Waits until what is handed on keeps within its bound: Temporal ends a workflow that hands on more
 * than it takes.
 * @returns false where the store has not taken enough of it in time
 */
async function mayEnd(
  state: TaskState,
  light: OncePerTask,
  context: WorkflowStepContext,
): Promise<boolean> {
  if (isProjected(state)) return true;
  const isReady = (): boolean => isProjected(state) || light.isSo();
  if (!context.knows('still-due')) {
    if (!isReady()) await condition(isReady, storeFirstMs);
    return true;
  }
  const until = Date.now() + storeFirstMs;
  while (!isProjected(state) && !light.look()) {
    const waitMs = until - Date.now();
    if (waitMs <= 0) return false;
    await condition(isReady, waitMs);
  }
  return true;
}

function isFinished(state: TaskState): boolean {
  return state.removed !== null && liveRuns(state).length === 0 && isSettled(state);
}

/** What this history knows from the one before, or has learned from the activities. */
interface Known {
  /** Whether they are registered. */
  searchAttributes: boolean;
}

/** Brings every change into the store, oldest first. */
async function projectChanges(
  state: TaskState,
  known: Known,
  context: WorkflowStepContext,
): Promise<void> {
  for (;;) {
    setCurrentDetails(detailsOfTask(state));
    await condition(
      () => !isProjected(state) && !isBeginning(state, context) && !isHeldBack(state, context),
    );
    const { ledger, runs } = nextBatch(state);
    const task = projectionOf(state);
    const { searchAttributes: available } = await projectTask({ task, ledger, runs });
    known.searchAttributes = available;
    if (available) noteTaskAttributes(task);
    confirmProjected(state, {
      ledger: ledger.length,
      runs: runs.length,
      revision: task.revision,
    });
  }
}

/**
 * True while the run that makes the task busy is being started: the store is told of it in a moment,
 * once it has begun, as the telling would slow its start. Histories of the version before told it
 * twice.
 */
function isBeginning(state: TaskState, context: WorkflowStepContext): boolean {
  const { live, recordedByTask } = state;
  return recordedByTask && live !== null && !context.closing() && runsToStart(state).includes(live);
}

/** Goes on with the runs of the history before; what waited while it ended begins now. */
function adoptRuns(state: TaskState, context: WorkflowStepContext): void {
  for (const run of liveRuns(state)) {
    if (run.definition === null) void watchAdopted(state, run.runId, context);
  }
  if (state.recordedByTask) startNext(state, context);
}

/** Starts the runs that the state asks for; those that were cancelled meanwhile end without. */
async function startRuns(
  state: TaskState,
  context: WorkflowStepContext,
  { children, known }: { children: Children; known: Known },
): Promise<void> {
  const begun = new Set<string>();
  const toStart = (): LiveRun | undefined =>
    context.closing() ? undefined : runsToStart(state).find(({ runId }) => !begun.has(runId));
  for (;;) {
    await condition(() => toStart() !== undefined);
    const run = toStart();
    // More signals of the same workflow task may have changed what held a moment ago.
    if (run === undefined) continue;
    if (run.cancelReason !== null && run.recordedByTask) {
      cancelUnbegun(state, run, context);
      continue;
    }
    begun.add(run.runId);
    const { searchAttributes } = known;
    void startRun(state, run, context, { children, searchAttributes }).then(() =>
      begun.delete(run.runId),
    );
  }
}

/**
 * A roll-over waits until every run that was asked for has its own workflow, and until the store
 * has confirmed everything; only a history close to Temporal's limits takes unconfirmed entries
 * along.
 */
function mayRollOver(state: TaskState, messagesTaken: number, isLight: () => boolean): boolean {
  if (runsToStart(state).length > 0) return false;
  const { quiet, due, urgent } = rollOverLimits;
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  if (!isProjected(state)) {
    const isUrgent = historyLength > urgent.events || historySize > urgent.bytes;
    return isUrgent && isLight();
  }
  return (
    belongsToNextHistory(state) ||
    continueAsNewSuggested ||
    historyLength > due.events ||
    historySize > due.bytes ||
    messagesTaken > due.messages ||
    (historyLength > quiet.events && liveRuns(state).length === 0)
  );
}

/** A costly question that is answered once per workflow task. */
interface OncePerTask {
  /** The answer of this workflow task, though signals that came since may have changed it. */
  isSo(): boolean;
  /** The answer as it is now; `isSo` has it from here on. */
  look(): boolean;
}

/**
 * Predicates are looked at after each of the hundreds of signals that one workflow task may bring,
 * and Temporal ends a task that takes seconds.
 */
function oncePerTask(find: () => boolean): OncePerTask {
  let known = { historyLength: -1, answer: false };
  const look = (): boolean => {
    known = { historyLength: workflowInfo().historyLength, answer: find() };
    return known.answer;
  };
  return {
    look,
    isSo: () => (known.historyLength === workflowInfo().historyLength ? known.answer : look()),
  };
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
