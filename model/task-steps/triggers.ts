/** Trigger calls: taken in the order they came, each with one line in the ledger. */
import {
  datedGateLimit,
  emptyGate,
  findDatedGate,
  isMarked,
  markedGate,
  markGate,
  missingTables,
  type DatedGate,
  type Gate,
} from '../gate';
import { gateTables, openGate, type TaskState } from '../task-state';
import type { LedgerEntry, ReceiptView, Trigger, TriggerOutcome } from '../trigger';
import { startNext } from './runs';
import { changed, refuse, trimOldest, type Refusal, type StepContext } from './step';
import { isForNext } from './with-present';

const maxKeys = 1000;
const keyLifetimeMs = 24 * 3600 * 1000;
const maxReceipts = 1000;

/** Takes trigger calls in the order they came; each gets exactly one line in the ledger. */
export function takeTriggers(state: TaskState, triggers: Trigger[], context: StepContext): void {
  for (const trigger of triggers) {
    const fate = takeTrigger(state, trigger, context);
    const { receipt, table, at, caller, scheduleTime } = trigger;
    state.receipts.push({ receipt, outcome: fate.outcome, runId: fate.runId });
    writeLedger(state, {
      ...{ receipt, table, at, caller, scheduleTime },
      ...fate,
      appliedBy: null,
      appliedAt: null,
    });
  }
  trimOldest(state.receipts, maxReceipts);
  changed(state);
}

interface Fate {
  outcome: TriggerOutcome;
  reason: string | null;
  runId: string | null;
}

function fate(outcome: TriggerOutcome, reason: string | null, runId: string | null = null): Fate {
  return { outcome, reason, runId };
}

function takeTrigger(state: TaskState, trigger: Trigger, context: StepContext): Fate {
  if (trigger.key !== null && !rememberKey(state, trigger.key, context)) {
    return fate('duplicate', 'the Idempotency-Key was used before');
  }
  const refusal = whyNoMark(state, trigger);
  if (refusal) return fate('ignored', refusal.detail);
  return mark(state, trigger, context);
}

/** Why a call cannot mark now; such a call is ignored and can be applied by hand later. */
function whyNoMark(
  state: TaskState,
  call: { table: string; scheduleTime: string | null },
): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (state.definition.kind !== 'triggered') {
    return refuse('taskKindMismatch', `the task is ${state.definition.kind}, not triggered`);
  }
  const tables = gateTables(state.definition);
  if (!tables.includes(call.table)) {
    return refuse('triggerNotApplicable', `the table ${call.table} is not in the task any more`);
  }
  if (call.scheduleTime === null) {
    if (state.live && state.definition.whileRunning === 'ignore') {
      return refuse('runInProgress', 'a run is in progress');
    }
    return null;
  }
  const limit = datedGateLimit(tables);
  if (!findDatedGate(state.dated, call.scheduleTime).gate && state.dated.length >= limit) {
    return refuse('triggerNotApplicable', `${limit} schedule times are open already`);
  }
  return null;
}

function mark(
  state: TaskState,
  call: Pick<Trigger, 'table' | 'at' | 'caller' | 'scheduleTime'>,
  context: StepContext,
): Fate {
  const gate =
    call.scheduleTime === null ? roundToMark(state) : datedToMark(state, call.scheduleTime);
  if (isMarked(gate, call.table)) return fate('duplicate', 'the table was marked already');
  const next = isForNext(state, call.scheduleTime);
  const made = { at: call.at, caller: call.caller, ...(next && { next }) };
  markGate(gate, call.table, made, gateTables(state.definition));
  const runId = startNext(state, context);
  return runId === null ? fate('counted', null) : fate('started', null, runId);
}

function roundToMark(state: TaskState): Gate {
  if (state.live?.gate !== 'round') return state.round;
  state.nextRound ??= emptyGate();
  return state.nextRound;
}

function datedToMark(state: TaskState, scheduleTime: string): DatedGate {
  const { gate, index } = findDatedGate(state.dated, scheduleTime);
  if (gate) return gate;
  const opened = markedGate(scheduleTime);
  state.dated.splice(index, 0, opened);
  return opened;
}

/** @returns false where the key was used in the last 24 hours */
function rememberKey(state: TaskState, key: string, context: StepContext): boolean {
  const oldest = Date.parse(context.now) - keyLifetimeMs;
  const expired = state.keys.findIndex((known) => Date.parse(known.at) > oldest);
  state.keys.splice(0, expired === -1 ? state.keys.length : expired);
  if (state.keys.some((known) => known.key === key)) return false;
  state.keys.push({ key, at: context.now });
  trimOldest(state.keys, maxKeys);
  return true;
}

/** Why an ignored call cannot be applied now; null where it can. */
export function whyNotApply(
  state: TaskState,
  call: { receipt: string; table: string; scheduleTime: string | null },
): Refusal | null {
  const refusal = whyNoMark(state, call);
  if (refusal) return refusal;
  const known = state.receipts.find((entry) => entry.receipt === call.receipt);
  if (known && known.outcome !== 'ignored') {
    return refuse('triggerNotApplicable', `this call was ${known.outcome}, not ignored`);
  }
  const gate =
    call.scheduleTime === null
      ? openGate(state)
      : findDatedGate(state.dated, call.scheduleTime).gate;
  if (gate && isMarked(gate, call.table)) {
    return refuse('triggerNotApplicable', `the table ${call.table} is marked already`);
  }
  return null;
}

/**
 * Applies an ignored call by hand. Call `whyNotApply` first.
 * @param entry the ledger line as it stands
 * @returns the line as it is now
 */
export function applyIgnored(
  state: TaskState,
  entry: LedgerEntry,
  by: string,
  context: StepContext,
): LedgerEntry {
  const applied: LedgerEntry = {
    ...entry,
    ...mark(state, entry, context),
    appliedBy: by,
    appliedAt: context.now,
  };
  state.receipts.push({
    receipt: entry.receipt,
    outcome: applied.outcome,
    runId: applied.runId,
  });
  state.receipts = state.receipts.filter(
    (known, index, all) => known.receipt !== entry.receipt || index === all.length - 1,
  );
  writeLedger(state, applied, 2);
  changed(state);
  return applied;
}

/**
 * What became of a call, from the latest ones.
 * @param scheduleTime the one that it named; null: none
 * @returns null where it is only in the ledger
 */
export function findReceipt(
  state: TaskState,
  receipt: string,
  scheduleTime: string | null = null,
): ReceiptView | null {
  const known = state.receipts.find((entry) => entry.receipt === receipt);
  if (!known) return null;
  const { outcome, runId } = known;
  return { outcome, runId, waitingFor: outcome === 'started' ? [] : missing(state, scheduleTime) };
}

/** What the gate that a call was for waits for now; a gate that is not open any more, for nothing. */
function missing(state: TaskState, scheduleTime: string | null): string[] {
  const gate =
    scheduleTime === null ? openGate(state) : findDatedGate(state.dated, scheduleTime).gate;
  return gate === null ? [] : missingTables(gate, gateTables(state.definition));
}

function writeLedger(state: TaskState, entry: LedgerEntry, version = 1): void {
  state.outbox.ledger.push({ ...entry, tenant: state.tenant, taskId: state.taskId, version });
}
