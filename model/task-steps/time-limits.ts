/** Deadlines and expiry of gates: what time alone brings about (rule 14). */
import { deadlineOf, missingTables, openedAt, type DatedGate, type Gate } from '../gate';
import { gateTables, isGateOfLiveRun, type TaskState } from '../task-state';
import { dropDatedGate } from './begin';
import { mayBeForgotten } from './instances';
import { noteGate } from './notices';
import { recordUnrun, settleUnrun } from './records';
import { changed, type StepContext } from './step';

/** The next instant, in milliseconds, at which a gate is late or expires; null where none is open. */
export function nextTimeLimit(state: TaskState): number | null {
  const limits = [
    lateAt(state, state.round),
    ...state.dated.flatMap((gate) => [lateAt(state, gate), expiresAt(state, gate)]),
  ].filter((limit) => limit !== null);
  return limits.length === 0 ? null : Math.min(...limits);
}

/** When a gate is late: after its schedule time, or after a round's first mark. */
function lateAt(state: TaskState, gate: Gate | DatedGate): number | null {
  const deadline = state.definition.notifications?.deadline ?? null;
  const opened = openedAt(gate);
  if (deadline === null || gate.late || opened === null || !isAwaited(state, gate)) return null;
  return deadlineOf(opened, 'scheduleTime' in gate ? gate.scheduleTime : null, deadline);
}

/** A gate that has led to its run waits for nothing more, even where an edit adds a table to it. */
function isAwaited(state: TaskState, gate: Gate | DatedGate): boolean {
  return gate.fullSince === null && !isGateOfLiveRun(state, gate);
}

function expiresAt(state: TaskState, gate: DatedGate): number | null {
  const opened = openedAt(gate);
  if (opened === null || !isAwaited(state, gate)) return null;
  return Date.parse(opened) + state.definition.runPolicy.gateExpiry * 1000;
}

/** Takes note of the time: tells of gates that are late, and drops those that have expired. */
export function passTime(state: TaskState, context: StepContext): void {
  const now = Date.parse(context.now);
  const isPast = (limit: number | null): boolean => limit !== null && limit <= now;
  for (const gate of [state.round, ...state.dated]) {
    if (!isPast(lateAt(state, gate))) continue;
    gate.late = true;
    noteGate(state, 'gateLate', gate, context);
  }
  for (const gate of state.dated.filter((open) => isPast(expiresAt(state, open)))) {
    expire(state, gate, context);
  }
  changed(state);
}

function expire(state: TaskState, gate: DatedGate, context: StepContext): void {
  const { scheduleTime, upstream } = gate;
  const what = { scheduleTime, status: 'missed', reason: whyMissed(state, gate) } as const;
  noteGate(state, 'gateExpired', gate, context);
  dropDatedGate(state, scheduleTime);
  if (upstream) return settleUnrun(state, { id: upstream.recordId, ...what }, context);
  if (context.knows && !context.knows('missed-gates')) return;
  const unrun = { id: null, startedBy: 'triggers', ...what } as const;
  // What is forgotten may have been run: the records know how often.
  if (mayBeForgotten(state, scheduleTime)) recordUnrun(state, unrun, context);
  else settleUnrun(state, unrun, context);
}

/** How many tables a reason names. */
const mostNamed = 20;

function whyMissed(state: TaskState, gate: DatedGate): string {
  const { upstream } = gate;
  if (upstream) {
    return `its gate has expired; ${upstream.reason ?? 'upstream tasks did not do their part'}`;
  }
  const missing = missingTables(gate, gateTables(state.definition));
  const named = missing.slice(0, mostNamed).join(', ');
  const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : '';
  return `its gate has expired; it still waited for tables ${named}${more}`;
}
