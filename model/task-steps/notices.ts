/** What webhooks are told: runs that failed and recovered, gates that are late or have expired. */
import { missingTables, type DatedGate, type Gate } from '../gate';
import type { Notice, NoticeEvent } from '../notice';
import { gateTables, type LiveRun, type TaskState } from '../task-state';
import type { EndedStatus } from '../run';
import { webhooksFor } from '../webhooks';
import type { StepContext } from './step';

/** Characters of a failure that are told. */
const maxReason = 1000;
/** Most notices that may be on their way; more are not made. */
const maxNotices = 100;

function tell(
  state: TaskState,
  event: NoticeEvent,
  what: Pick<Notice, 'scheduleTime' | 'missingTables' | 'run' | 'message'>,
  context: StepContext,
): void {
  for (const url of webhooksFor(state.definition.notifications, event)) {
    if (state.notices.length >= maxNotices) return;
    const task = { id: state.taskId, name: state.definition.name };
    const id = context.newRunId();
    const notice = { id, event, tenant: state.tenant, at: context.now, task, ...what };
    state.notices.push({ url, notice });
  }
}

/** Tells of a run that failed, and of the first success after a failure. */
export function noteRunEnd(
  state: TaskState,
  run: LiveRun,
  end: { status: EndedStatus; failureReason: string | null },
  context: StepContext,
): void {
  const event = eventOf(end.status, state.lastEnd);
  if (end.status !== 'cancelled' && end.status !== 'skipped') state.lastEnd = end.status;
  if (event === null) return;
  const { runId: id, startedBy, scheduleTime } = run;
  const { status } = end;
  const failureReason = end.failureReason?.slice(0, maxReason) ?? null;
  const name = `The task "${state.definition.name}"`;
  const message =
    event === 'runRecovered'
      ? `${name} has succeeded again.`
      : `${name} has ${status === 'timedOut' ? 'timed out' : 'failed'}: ${failureReason ?? 'no reason is known'}`;
  const summary = { id, status, failureReason, startedBy };
  tell(state, event, { scheduleTime, missingTables: [], run: summary, message }, context);
}

function eventOf(status: EndedStatus, before: EndedStatus | null): NoticeEvent | null {
  if (status === 'failed' || status === 'timedOut') return 'runFailed';
  const failedBefore = before === 'failed' || before === 'timedOut';
  return status === 'succeeded' && failedBefore ? 'runRecovered' : null;
}

/** Tells of a gate that is not full by its deadline, or that has expired. */
export function noteGate(
  state: TaskState,
  event: 'gateLate' | 'gateExpired',
  gate: Gate | DatedGate,
  context: StepContext,
): void {
  const scheduleTime = 'scheduleTime' in gate ? gate.scheduleTime : null;
  const upstream = 'upstream' in gate ? gate.upstream : null;
  const missing = upstream ? [] : missingTables(gate, gateTables(state.definition));
  const what = scheduleTime === null ? 'The open round' : `The gate of ${scheduleTime}`;
  const waits = upstream ? (upstream.reason ?? 'upstream tasks') : missing.slice(0, 20).join(', ');
  const end = event === 'gateLate' ? 'is late' : 'has expired';
  const message = `${what} of the task "${state.definition.name}" ${end}; it still waits for: ${waits}.`;
  tell(state, event, { scheduleTime, missingTables: missing, run: null, message }, context);
}
