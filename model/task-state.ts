/**
 * The state of one scheduling task: a plain JSON value, handed on whole at every roll-over of its
 * workflow (`hand-over.ts`). `task-steps` changes it; this file says what it holds and what is
 * shown of it.
 */
import type { CellEnd, CellRequest } from './backfill';
import { noRuntimeResource } from './definition';
import { emptyGate, isMarked, type DatedGate, type Gate } from './gate';
import type { Notice } from './notice';
import type { EndedStatus, RunProjection, RunStarter, RunStatus } from './run';
import type {
  GateView,
  Imported,
  RunSummary,
  TaskDefinition,
  TaskProjection,
  TaskView,
} from './task';
import type { LedgerProjection, TriggerOutcome } from './trigger';

/**
 * A run from the moment it was asked for until its end. One makes the task busy (`live`); those of
 * backfills (`cellRuns`) do not.
 */
export interface LiveRun {
  runId: string;
  /** Number of this run among all of the task's; the fence of its commits grows with it. */
  runNumber: number;
  startedBy: RunStarter;
  startedByUser: string | null;
  /** Which gate asked for it; that gate is reset when the run ends. */
  gate: 'round' | 'dated' | null;
  scheduleTime: string | null;
  attempt: number;
  queuedAt: string;
  /** The definition it runs with; handed to the run's own workflow when that starts, then dropped. */
  definition: TaskDefinition | null;
  cancelReason: string | null;
  /** Backfills that wait for it. */
  backfills: string[];
  /** Set where an edit left fewer slots after it had got one, until its own workflow is there. */
  keepsSlot?: true;
  /** Set where a person started it with the tables that its gate had. */
  partial?: true;
  /** Whether the task writes the record of its end (`TaskRunInput.recordedByTask`). */
  recordedByTask: boolean;
}

/** What is remembered of an instance. */
export interface InstanceMemo {
  scheduleTime: string;
  attempts: number;
  /** How its latest attempt stands. */
  status: RunStatus;
}

/** What has changed and is not yet confirmed to be in the store. */
export interface Outbox {
  ledger: LedgerProjection[];
  runs: RunProjection[];
}

export interface TaskState {
  tenant: string;
  taskId: string;
  number: string;
  creator: string;
  /** Set where an import keeps the task. Never changes. */
  imported?: Imported;
  createdAt: string;
  updatedAt: string;
  definition: TaskDefinition;
  /** Grows with every edit, pause and resume; callers hold it as the ETag. */
  version: number;
  /** Grows with every change of anything that is shown. */
  revision: number;
  paused: boolean;
  removed: { at: string; by: string } | null;
  /** The open round. */
  round: Gate;
  /** Marks for the round after this one (`whileRunning: latch`), while the open round's run is live. */
  nextRound: Gate | null;
  /** Oldest schedule time first. */
  dated: DatedGate[];
  live: LiveRun | null;
  latestRun: RunSummary | null;
  /**
   * Whether the latest run that was no cell and came to an end of its own succeeded: a success after
   * a failure is told as recovered.
   */
  lastEnd: EndedStatus | null;
  runCount: number;
  /** Cells of backfills that wait for a slot, oldest schedule time first. */
  cells: CellRequest[];
  cellRuns: LiveRun[];
  /** The latest instances, in the order in which they were last run. */
  instances: InstanceMemo[];
  /** Whether older instances were forgotten: what is not among these is looked up in the store. */
  instancesForgotten: boolean;
  /** The latest due times that were taken, in the order they came. */
  ticks: string[];
  /** The Schedule as it is known to be (`wantedSchedule`); null: there is none. */
  schedule: string | null;
  /** Ends that backfills have not been told of. */
  reports: { backfill: string; end: CellEnd }[];
  /** What webhooks have not been told. */
  notices: { url: string; notice: Notice }[];
  /**
   * False in a history that began before tasks wrote the ends of their runs: it goes on as it
   * began, and its next one has all that came with that.
   */
  recordedByTask: boolean;
  /** Digests of Idempotency-Keys with the time they came, oldest first. */
  keys: { key: string; at: string }[];
  /** What became of the latest trigger calls, oldest first. */
  receipts: { receipt: string; outcome: TriggerOutcome; runId: string | null }[];
  /** Answers of the latest Updates, so that one retried after a roll-over gets the same. */
  answers: { id: string; runId: string | null }[];
  outbox: Outbox;
  /** The revision that the store is known to hold. */
  projected: number;
}

export interface NewTask {
  tenant: string;
  taskId: string;
  number: string;
  creator: string;
  definition: TaskDefinition;
  paused: boolean;
  imported?: Imported;
}

/** State of a task that begins now. */
export function newTaskState(task: NewTask, now: string): TaskState {
  return {
    ...task,
    createdAt: now,
    updatedAt: now,
    version: 1,
    revision: 1,
    removed: null,
    round: emptyGate(),
    nextRound: null,
    dated: [],
    live: null,
    latestRun: null,
    lastEnd: null,
    runCount: 0,
    cells: [],
    cellRuns: [],
    instances: [],
    instancesForgotten: false,
    ticks: [],
    schedule: null,
    reports: [],
    notices: [],
    recordedByTask: true,
    keys: [],
    receipts: [],
    answers: [],
    outbox: { ledger: [], runs: [] },
    projected: 0,
  };
}

/** Names of the tables that the gate waits for; a task that is not triggered has none. */
export function gateTables(definition: TaskDefinition): string[] {
  return definition.kind === 'triggered' ? definition.tables.map((table) => table.name) : [];
}

/** The gate that undated calls mark now. */
export function openGate(state: TaskState): Gate {
  if (state.live?.gate !== 'round') return state.round;
  return state.nextRound ?? emptyGate();
}

function showTables(gate: Gate, tables: string[]): GateView['tables'] {
  return tables.map((table) => {
    const mark = isMarked(gate, table) ? gate.marks[table]! : null;
    return {
      table,
      status: mark ? 'Triggered' : 'Not Triggered',
      at: mark?.at ?? null,
      caller: mark?.caller ?? null,
    };
  });
}

function showRunning({ live }: TaskState): GateView['running'] {
  return live?.gate ? { scheduleTime: live.scheduleTime } : null;
}

function showDated(state: TaskState, tables: string[]): GateView['dated'] {
  return state.dated.map((gate) => ({
    scheduleTime: gate.scheduleTime,
    tables: gate.upstream ? [] : showTables(gate, tables),
    upstream: gate.upstream && {
      status: gate.ask && gate.upstream.status !== 'met' ? 'asking' : gate.upstream.status,
      reason: gate.upstream.reason,
    },
  }));
}

/** What is shown of a task. */
export function describeTask(state: TaskState): TaskView {
  const { definition } = state;
  const tables = gateTables(definition);
  return {
    id: state.taskId,
    number: state.number,
    ...definition,
    // A task from before these were kept has none of them until it is edited.
    runtimeResource: definition.runtimeResource ?? noRuntimeResource,
    dataSource: definition.dataSource ?? null,
    creator: state.creator,
    imported: state.imported ?? null,
    paused: state.paused,
    gate:
      definition.kind === 'triggered'
        ? {
            tables: showTables(state.round, tables),
            dated: showDated(state, tables),
            running: showRunning(state),
          }
        : state.dated.length > 0
          ? { tables: [], dated: showDated(state, []), running: showRunning(state) }
          : null,
    latestRun: state.latestRun,
    nextRunTime: null,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    version: state.version,
  };
}

/** How many dated gates the store's copy shows; asked directly, the workflow shows all. */
const projectedDatedGates = 20;

/** The row that the store keeps of a task. */
export function projectTask(state: TaskState): TaskProjection {
  const shown = { ...state, dated: state.dated.slice(0, projectedDatedGates) };
  return {
    ...describeTask(shown),
    tenant: state.tenant,
    revision: state.revision,
    removedAt: state.removed?.at ?? null,
  };
}

/** True where the store holds all that is to be shown. */
export function isProjected(state: TaskState): boolean {
  const { ledger, runs } = state.outbox;
  return state.projected === state.revision && ledger.length === 0 && runs.length === 0;
}

/** All runs that have not ended. */
export function liveRuns(state: TaskState): LiveRun[] {
  return state.live ? [state.live, ...state.cellRuns] : state.cellRuns;
}

/** True for the gate, of a time or the round, that the live run resets when it ends. */
export function isGateOfLiveRun({ live, round }: TaskState, gate: Gate | DatedGate): boolean {
  if (!('scheduleTime' in gate)) return live?.gate === 'round' && gate === round;
  return live?.gate === 'dated' && live.scheduleTime === gate.scheduleTime;
}

/** What the task's Schedule is to be, as a text that can be compared; null: none. */
export function wantedSchedule({ definition, removed }: TaskState): string | null {
  const { kind, recurrence, timezone } = definition;
  if (removed !== null || kind !== 'recurring' || recurrence === null) return null;
  return JSON.stringify({ recurrence, timezone });
}

/** True where nothing is left to be written or done outside for what has been decided. */
export function isSettled(state: TaskState): boolean {
  return isProjected(state) && state.schedule === wantedSchedule(state);
}
