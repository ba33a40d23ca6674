/** Every message that the workflows take, declared once for both sides. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CellEnd, CellRequest } from './backfill';
import type { Recurrence } from './recurrence';
import type { RunProjection } from './run';
import type { DefinitionPatch, TaskDefinition, TaskProjection, TaskView } from './task';
import type { ImportedTask, PresentAsk, RunEnd } from './task-steps';
import type { LedgerEntry, LedgerProjection, ReceiptView, Trigger } from './trigger';

/** At most this many triggers travel in one signal. */
export const maxTriggersPerSignal = 500;

export const tablesTriggeredSignal = defineSignal<[{ triggers: Trigger[] }]>('tablesTriggered');
export const runEndedSignal = defineSignal<[RunEnd]>('runEnded');

/** A due time of the task's recurrence, as its Schedule (or the watchdog) delivers it. */
export interface Tick {
  scheduleTime: string;
  /** The due time after it; null where it was the last. */
  nextTime: string | null;
}
export const tickSignal = defineSignal<[Tick]>('tick');

/** From a backfill to a task: these instances are to be brought about. */
export const instancesRequestedSignal =
  defineSignal<[{ cells: CellRequest[] }]>('instancesRequested');
/** From a backfill to a task: what has not begun is handed back; with `kill` what runs is cancelled. */
export const instancesStoppedSignal =
  defineSignal<[{ backfill: string; kill: boolean }]>('instancesStopped');
/** From a task to the backfills that wait for its instances. */
export const instancesEndedSignal =
  defineSignal<[{ taskId: string; ends: CellEnd[] }]>('instancesEnded');
/** To a task: something upstream has ended or changed, so gates that wait for it are judged again. */
export const upstreamChangedSignal = defineSignal<[]>('upstreamChanged');
/** To a run: the history that started it has been rolled over, so its end has to be signalled. */
export const taskRolledOverSignal = defineSignal<[]>('taskRolledOver');
/** To a backfill's driver: look at the store again (paused, resumed, cancelled, retried). */
export const backfillChangedSignal = defineSignal<[{ kill: boolean }]>('backfillChanged');

/** What the Schedule of a task starts. */
export interface ScheduleTickInput {
  tenant: string;
  taskId: string;
  recurrence: Recurrence;
  timezone: string;
}

/** What an Update answers: the task as it is now, for the store, and what the Update brought about. */
export interface TaskAnswer {
  task: TaskProjection;
  /** The run that was started, with its record while that is not stored yet. */
  runId: string | null;
  run: RunProjection | null;
  /** The ledger line that was applied. */
  entry: LedgerEntry | null;
}

/** Changes of a task, as its workflow takes them. */
export interface TaskEdit {
  patch: DefinitionPatch;
  ifVersion: number | null;
  /** Sets the pause flag in the same step; left out, it stays as it is. */
  paused?: boolean;
  /** For so long the task's Schedule stays as it is: whoever sent this has more to send. */
  holdMs?: number;
}
export const editUpdate = defineUpdate<TaskAnswer, [TaskEdit]>('edit');
export const startUpdate = defineUpdate<TaskAnswer, [{ by: string }]>('start');
/** Cancels a run whose own workflow may not be there yet. */
export const cancelRunUpdate = defineUpdate<TaskAnswer, [{ runId: string; reason: string }]>(
  'cancelRun',
);
export const pauseUpdate = defineUpdate<TaskAnswer, []>('pause');
export const resumeUpdate = defineUpdate<TaskAnswer, []>('resume');
export const removeUpdate = defineUpdate<TaskAnswer, [{ by: string; ifVersion: number | null }]>(
  'remove',
);
/** From the import that keeps the task: as the foreign system has it now; null: it has it no more. */
export const importUpdate = defineUpdate<TaskAnswer, [{ task: ImportedTask | null; by: string }]>(
  'import',
);
export const resetGateUpdate = defineUpdate<TaskAnswer, [{ scheduleTime: string | null }]>(
  'resetGate',
);
export const startWithPresentUpdate = defineUpdate<TaskAnswer, [PresentAsk]>('startWithPresent');
export const applyTriggerUpdate = defineUpdate<TaskAnswer, [{ entry: LedgerEntry; by: string }]>(
  'applyTrigger',
);

/** The task as it is now. */
export interface TaskDescription {
  task: TaskView;
  removed: boolean;
}

/** The task for the store, with what it has not confirmed yet. */
export interface TaskSnapshot {
  task: TaskProjection;
  ledger: LedgerProjection[];
  runs: RunProjection[];
}

export const snapshotQuery = defineQuery<TaskSnapshot>('snapshot');
export const describeQuery = defineQuery<TaskDescription>('describe');
/** What became of a call: its receipt, and the schedule time that it named. */
export const receiptQuery = defineQuery<ReceiptView | null, [string, (string | null)?]>('receipt');
/** True where the store holds everything that is to be shown. */
export const projectedQuery = defineQuery<boolean>('projected');

/** Sent to a run's own workflow. */
export const cancelRunSignal = defineSignal<[{ reason: string }]>('cancelRun');

/** What a run's own workflow begins with. */
export interface TaskRunInput {
  number: string;
  runNumber: number;
  definition: TaskDefinition;
  record: RunProjection;
  /**
   * Whether the task writes the record of the end, with others in one go, and hears of the end from
   * Temporal; absent in runs that were started before this was so.
   */
  recordedByTask?: boolean;
  /** With that: whether the search attributes are registered. */
  searchAttributes?: boolean;
}
