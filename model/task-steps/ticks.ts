/** Due times of the recurrence: what becomes of each, and what their gates wait for (rules 2, 5, 9, 13). */
import { dueGate, dueGateLimit, findDatedGate, type DatedGate } from '../gate';
import type { RunStatus } from '../run';
import type { TaskDefinition } from '../task';
import { isGateOfLiveRun, liveRuns, type TaskState } from '../task-state';
import { dropDatedGate } from './begin';
import { findInstance, isInstance, neverRun, rememberInstance } from './instances';
import { recordUnrun, settleUnrun } from './records';
import { startNext } from './runs';
import { changed, trimOldest, type StepContext } from './step';

const maxTicks = 100;
/** Catch-up policy `none`: how late a due time may be. */
const latestMs = 10 * 60 * 1000;
/** Most schedule times that are asked about at once. */
const maxJudged = 100;

/** Takes a due time; a second one of the same time does nothing. */
export function takeTick(
  state: TaskState,
  tick: { scheduleTime: string; nextTime: string | null },
  context: StepContext,
): void {
  const { scheduleTime } = tick;
  if (state.removed || state.definition.kind !== 'recurring' || isKnown(state, scheduleTime)) {
    return;
  }
  state.ticks.push(scheduleTime);
  trimOldest(state.ticks, maxTicks);
  const unrun = whyNotOpen(state, tick, context);
  if (unrun) {
    settleUnrun(state, { id: null, scheduleTime, ...unrun }, context);
  } else {
    openDueGate(state, scheduleTime, context);
  }
  changed(state);
}

/** True for a time that has a record, a gate, or was due before. */
function isKnown(state: TaskState, scheduleTime: string): boolean {
  return (
    state.ticks.includes(scheduleTime) ||
    isInstance(state, scheduleTime) ||
    findDatedGate(state.dated, scheduleTime).gate !== null ||
    liveRuns(state).some((run) => run.scheduleTime === scheduleTime)
  );
}

function whyNotOpen(
  state: TaskState,
  { scheduleTime, nextTime }: { scheduleTime: string; nextTime: string | null },
  { now }: StepContext,
): { status: 'skipped' | 'missed'; reason: string } | null {
  if (state.paused) return { status: 'skipped', reason: 'the task was paused' };
  const catchUp = state.definition.recurrence?.catchUp ?? 'latest';
  if (catchUp === 'latest' && nextTime !== null && nextTime <= now) {
    return { status: 'missed', reason: `it came late: ${nextTime} was due by then` };
  }
  if (catchUp === 'none' && Date.parse(now) - Date.parse(scheduleTime) > latestMs) {
    return { status: 'missed', reason: 'it came more than 10 minutes late' };
  }
  if (catchUp !== 'all' && state.live) {
    return { status: 'skipped', reason: 'a run was in progress' };
  }
  if (state.dated.length >= dueGateLimit) {
    return { status: 'missed', reason: `${dueGateLimit} times are waiting already` };
  }
  return null;
}

function openDueGate(state: TaskState, scheduleTime: string, { now }: StepContext): void {
  const { index } = findDatedGate(state.dated, scheduleTime);
  state.dated.splice(index, 0, dueGate(scheduleTime, now));
}

/** Takes the schedule times that have to be asked about, a bounded number of them. */
export function takeGatesToJudge(state: TaskState): string[] {
  const gates = state.dated.filter((gate) => gate.ask).slice(0, maxJudged);
  for (const gate of gates) gate.ask = false;
  return gates.map((gate) => gate.scheduleTime);
}

/** What was found out about one schedule time. */
export interface Judgement {
  scheduleTime: string;
  /** How the tasks upstream stand. */
  upstream: 'met' | 'waiting' | 'blocked';
  /** What it waits for, or what stands in the way: one sentence. */
  reason: string | null;
  /** What the records know of the instance; null where there is none. */
  known: { attempts: number; status: RunStatus } | null;
}

/**
 * Applies what was found out about gates; those that are full now ask for their run.
 * @param judgedBy the definition that was asked about; of a former one nothing counts, as the edit
 * has every gate asked about anew
 */
export function judgeGates(
  state: TaskState,
  judgements: Judgement[],
  context: StepContext,
  judgedBy: TaskDefinition,
): void {
  const isFormer = judgedBy !== state.definition;
  if (isFormer && (!context.knows || context.knows('judged-by'))) return;
  for (const judgement of judgements) {
    const { gate } = findDatedGate(state.dated, judgement.scheduleTime);
    if (gate && !isGateOfLiveRun(state, gate)) judgeOne(state, gate, judgement, context);
  }
  startNext(state, context);
  changed(state);
}

function judgeOne(
  state: TaskState,
  gate: DatedGate,
  { upstream, reason, known }: Judgement,
  context: StepContext,
): void {
  const { scheduleTime } = gate;
  if (!gate.upstream) {
    // Asked only whether the instance was run before; one that was not is noted as such.
    if (!findInstance(state, scheduleTime)) {
      const { attempts, status } = known ?? neverRun;
      rememberInstance(state, { scheduleTime, attempts, status });
    }
    return;
  }
  if (known && known.status !== 'blocked') return dropDatedGate(state, scheduleTime);
  gate.upstream.status = upstream;
  gate.upstream.reason = reason?.slice(0, 500) ?? null;
  if (upstream === 'met') gate.fullSince ??= context.now;
  if (upstream !== 'blocked' || gate.upstream.recordId !== null) return;
  const what = { id: null, scheduleTime, status: 'blocked', reason: reason ?? 'blocked' } as const;
  gate.upstream.recordId = recordUnrun(state, what, context);
}

/** The definition has changed: what gates of due times wait for is found out anew (rule 4). */
export function judgeDueGatesAnew(state: TaskState): void {
  for (const gate of state.dated) {
    if (!gate.upstream || isGateOfLiveRun(state, gate)) continue;
    if (gate.upstream.status === 'met') gate.upstream.status = 'waiting';
    gate.fullSince = null;
    gate.ask = true;
  }
}

/** The task is removed or of another kind: its open due times are settled, and no run follows. */
export function settleDueGates(state: TaskState, reason: string, context: StepContext): void {
  for (const gate of state.dated) {
    const { scheduleTime, upstream } = gate;
    if (!upstream || isGateOfLiveRun(state, gate)) continue;
    const id = upstream.recordId;
    settleUnrun(state, { id, scheduleTime, status: 'skipped', reason }, context);
  }
}

/** Something upstream has ended or changed: gates that wait for it are asked about again. */
export function upstreamChanged(state: TaskState): void {
  const waiting = state.dated.filter((gate) => gate.upstream && gate.upstream.status !== 'met');
  if (waiting.length === 0) return;
  for (const gate of waiting) gate.ask = true;
  changed(state);
}
