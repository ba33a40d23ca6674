/**
 * The state machine of a scheduling task (rules 1 to 6 and 14 of the design). Every step is a
 * function of the state, its argument, the clock and the ids in `StepContext`: no I/O, no
 * randomness of its own. Steps change the state in place; what they refuse, they refuse before
 * the first change.
 */
import type { ErrorCode } from './errors';
import {
  datedGateLimit,
  emptyGate,
  findDatedGate,
  isMarked,
  judgeGate,
  keepMarksOf,
  markGate,
  missingTables,
  type DatedGate,
  type Gate,
} from './gate';
import type { EndedStatus, RunProjection } from './run';
import { mergeDefinition, type DefinitionPatch } from './task';
import { gateTables, openGate, type LiveRun, type TaskState } from './task-state';
import type { LedgerEntry, ReceiptView, Trigger, TriggerOutcome } from './trigger';

/** Clock and source of run ids; inside a workflow both are deterministic. */
export interface StepContext {
  /** ISO 8601 in UTC. */
  now: string;
  newRunId(): string;
}

/** Why a step is not taken. */
export interface Refusal {
  code: ErrorCode;
  detail: string;
}

const maxKeys = 1000;
const keyLifetimeMs = 24 * 3600 * 1000;
const maxReceipts = 1000;
const maxInstances = 200;
const maxAnswers = 100;
/** Characters of a failure that the task keeps; the run's record has all of it. */
const maxReason = 1000;

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
  markGate(gate, call.table, { at: call.at, caller: call.caller }, gateTables(state.definition));
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
  const opened = { scheduleTime, ...emptyGate() };
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

/** Why the task cannot be started by hand now; null where it can. */
export function whyNotStart(state: TaskState): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (state.live) {
    return refuse('runInProgress', `run ${state.live.runId} is in progress; wait for its end`);
  }
  return null;
}

/** Starts a run by hand, whatever the gate holds; it leaves all marks. Call `whyNotStart` first. */
export function startByHand(state: TaskState, by: string, context: StepContext): { runId: string } {
  const runId = begin(state, context, {
    startedBy: 'manual',
    startedByUser: by,
    gate: null,
    scheduleTime: null,
  });
  changed(state);
  return { runId };
}

/** Why an edit is not taken; `ifVersion` is what the caller last saw. */
export function whyNotEdit(state: TaskState, ifVersion: number | null): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (ifVersion !== null && ifVersion !== state.version) {
    return refuse(
      'staleVersion',
      `the task is at version ${state.version}, the edit was made on ${ifVersion}; read it again`,
    );
  }
  return null;
}

/** Merges changes into the definition and judges every gate anew. Call `whyNotEdit` first. */
export function editTask(state: TaskState, patch: DefinitionPatch, context: StepContext): void {
  const kindBefore = state.definition.kind;
  state.definition = mergeDefinition(state.definition, patch);
  state.version += 1;
  state.updatedAt = context.now;
  if (state.definition.kind !== kindBefore) dropGates(state);
  judgeAllGates(state, context);
  startNext(state, context);
  changed(state);
}

function dropGates(state: TaskState): void {
  state.round = emptyGate();
  state.nextRound = null;
  state.dated = [];
  if (state.live) state.live.gate = null;
}

function judgeAllGates(state: TaskState, context: StepContext): void {
  const tables = gateTables(state.definition);
  keepMarksOf(state.round, tables, context.now);
  if (state.nextRound) keepMarksOf(state.nextRound, tables, context.now);
  for (const gate of state.dated) keepMarksOf(gate, tables, context.now);
  state.dated = state.dated.filter(
    (gate) => Object.keys(gate.marks).length > 0 || isGateOfLiveRun(state, gate),
  );
}

function isGateOfLiveRun(state: TaskState, gate: DatedGate): boolean {
  return state.live?.gate === 'dated' && state.live.scheduleTime === gate.scheduleTime;
}

/** Sets or clears the one pause flag; resuming starts what a full gate has waited for. */
export function setPaused(state: TaskState, paused: boolean, context: StepContext): void {
  if (state.paused === paused) return;
  state.paused = paused;
  state.version += 1;
  state.updatedAt = context.now;
  startNext(state, context);
  changed(state);
}

/** Why a gate cannot be reset now; null where it can. */
export function whyNotReset(state: TaskState, scheduleTime: string | null): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  if (state.definition.kind !== 'triggered') {
    return refuse('taskKindMismatch', `the task is ${state.definition.kind}, it has no gate`);
  }
  const ofLiveRun =
    scheduleTime === null
      ? state.live?.gate === 'round' && state.nextRound === null
      : state.live?.gate === 'dated' && state.live.scheduleTime === scheduleTime;
  return ofLiveRun
    ? refuse('runInProgress', 'the gate belongs to the run in progress and is reset at its end')
    : null;
}

/** Drops the marks of the open round, or of one dated gate. Call `whyNotReset` first. */
export function resetGate(state: TaskState, scheduleTime: string | null): void {
  if (scheduleTime !== null) {
    const { gate, index } = findDatedGate(state.dated, scheduleTime);
    if (gate) state.dated.splice(index, 1);
  } else if (state.live?.gate === 'round') {
    state.nextRound = null;
  } else {
    state.round = emptyGate();
  }
  changed(state);
}

/** Removes the task: nothing more starts, all gates go, a live run is to be cancelled. */
export function removeTask(state: TaskState, by: string, context: StepContext): void {
  if (state.removed) return;
  state.removed = { at: context.now, by };
  dropGates(state);
  if (state.live) state.live.cancelReason = 'task removed';
  changed(state);
}

/** How a run ended, as its own workflow tells it. */
export interface RunEnd {
  runId: string;
  status: EndedStatus;
  finishedAt: string;
  failureReason: string | null;
}

/**
 * Takes the end of the live run: resets the gate that had started it and starts what waits.
 * @returns false where this run is not the live one (a repeated or late message)
 */
export function endRun(state: TaskState, end: RunEnd, context: StepContext): boolean {
  const { live } = state;
  if (live?.runId !== end.runId) return false;
  if (live.gate === 'round') {
    state.round = state.nextRound ?? emptyGate();
    state.nextRound = null;
    judgeGate(state.round, gateTables(state.definition), context.now);
  } else if (live.gate === 'dated') {
    const { gate, index } = findDatedGate(state.dated, live.scheduleTime!);
    if (gate) state.dated.splice(index, 1);
  }
  state.latestRun = {
    id: live.runId,
    status: end.status,
    startedBy: live.startedBy,
    queuedAt: live.queuedAt,
    finishedAt: end.finishedAt,
    failureReason: end.failureReason?.slice(0, maxReason) ?? null,
  };
  state.live = null;
  startNext(state, context);
  changed(state);
  return true;
}

/** Notes that the live run's own workflow exists: it holds the definition from here on. */
export function runHandedOver(state: TaskState, runId: string): void {
  if (state.live?.runId !== runId) return;
  state.live.definition = null;
  if (state.latestRun?.id === runId) state.latestRun.status = 'running';
  changed(state);
}

/**
 * Takes the end of a live run whose own workflow cannot write its record any more (it was
 * terminated, or could not be started): the record is written from here.
 */
export function endLostRun(state: TaskState, end: RunEnd, context: StepContext): void {
  const { live } = state;
  if (live?.runId !== end.runId) return;
  const { status, finishedAt, failureReason } = end;
  state.outbox.runs.push({
    ...queuedRecord(state, live),
    ...{ status, finishedAt, failureReason },
    version: lostRunVersion,
    lost: true,
  });
  endRun(state, end, context);
}

/** Above every version that a run's own workflow writes. */
const lostRunVersion = 1_000_000;

/** What became of a call, from the latest ones; null where it is only in the ledger. */
export function findReceipt(state: TaskState, receipt: string): ReceiptView | null {
  const known = state.receipts.find((entry) => entry.receipt === receipt);
  if (!known) return null;
  const tables = gateTables(state.definition);
  return {
    outcome: known.outcome,
    runId: known.runId,
    waitingFor: known.outcome === 'started' ? [] : missingTables(openGate(state), tables),
  };
}

/** Notes what the store has confirmed: so many entries of the outbox, and the task at a revision. */
export function confirmProjected(
  state: TaskState,
  confirmed: { ledger: number; runs: number; revision: number },
): void {
  state.outbox.ledger.splice(0, confirmed.ledger);
  state.outbox.runs.splice(0, confirmed.runs);
  state.projected = confirmed.revision;
}

/** Keeps an Update's answer for retries after a roll-over. */
export function rememberAnswer(state: TaskState, id: string, runId: string | null): void {
  state.answers.push({ id, runId });
  trimOldest(state.answers, maxAnswers);
}

/** Starts the gate that waits longest, if the task is idle and not paused. */
function startNext(state: TaskState, context: StepContext): string | null {
  if (state.live || state.paused || state.removed) return null;
  const dated = state.dated.find((gate) => gate.fullSince !== null);
  const roundSince = state.round.fullSince;
  if (roundSince !== null && (!dated || roundSince <= dated.fullSince!)) {
    return begin(state, context, { ...byTriggers, gate: 'round', scheduleTime: null });
  }
  if (!dated) return null;
  const { scheduleTime } = dated;
  return begin(state, context, { ...byTriggers, gate: 'dated', scheduleTime });
}

const byTriggers = { startedBy: 'triggers', startedByUser: null } as const;

function begin(
  state: TaskState,
  context: StepContext,
  ask: Pick<LiveRun, 'startedBy' | 'startedByUser' | 'gate' | 'scheduleTime'>,
): string {
  state.runCount += 1;
  const live: LiveRun = {
    ...ask,
    runId: context.newRunId(),
    runNumber: state.runCount,
    attempt: ask.scheduleTime === null ? 1 : nextAttempt(state, ask.scheduleTime),
    queuedAt: context.now,
    definition: state.definition,
    cancelReason: null,
  };
  state.live = live;
  state.latestRun = {
    id: live.runId,
    status: 'queued',
    startedBy: live.startedBy,
    queuedAt: live.queuedAt,
    finishedAt: null,
    failureReason: null,
  };
  state.outbox.runs.push(queuedRecord(state, live));
  return live.runId;
}

function nextAttempt(state: TaskState, scheduleTime: string): number {
  const known = state.instances.find((instance) => instance.scheduleTime === scheduleTime);
  if (known) {
    known.attempts += 1;
    return known.attempts;
  }
  state.instances.push({ scheduleTime, attempts: 1 });
  trimOldest(state.instances, maxInstances);
  return 1;
}

/** The record that a run begins with. */
export function queuedRecord(state: TaskState, live: LiveRun): RunProjection {
  return {
    tenant: state.tenant,
    version: 0,
    id: live.runId,
    taskId: state.taskId,
    status: 'queued',
    startedBy: live.startedBy,
    startedByUser: live.startedByUser,
    scheduleTime: live.scheduleTime,
    attempt: live.attempt,
    tries: 0,
    queuedAt: live.queuedAt,
    startedAt: null,
    finishedAt: null,
    progress: null,
    failureReason: null,
    failureCause: null,
    tables: [],
    summary: null,
  };
}

function writeLedger(state: TaskState, entry: LedgerEntry, version = 1): void {
  state.outbox.ledger.push({ ...entry, tenant: state.tenant, taskId: state.taskId, version });
}

function changed(state: TaskState): void {
  state.revision += 1;
}

function refuse(code: ErrorCode, detail: string): Refusal {
  return { code, detail };
}

function trimOldest(list: unknown[], most: number): void {
  if (list.length > most) list.splice(0, list.length - most);
}
