/** Backfills: what a caller asks for, the plan made of it, and how it goes. */
import { z } from 'zod';
import { existingChoices, type ExistingChoice } from './existing-choice';
import { idSchema } from './fields';
import type { RunStatus } from './run-status';
import { missingEnd, namedTimesFields } from './named-times';
import { tableNameSchema } from './task';

export * from './existing-choice';

/** Past this many cells a plan has to be confirmed. */
export const cellsToConfirm = 10_000;
/** Most cells of one plan. */
export const maxCells = 500_000;
/** Most marks that one call may leave, over tasks and times. */
export const maxMarks = 500_000;
/** Cells of one backfill that are under way at the same time. */
export const defaultConcurrency = 16;
const maxConcurrency = 64;

/** Body of `POST /backfills`. Either tasks or tables; either named times or a closed range. */
export const backfillRequestSchema = z
  .strictObject({
    taskIds: z.array(idSchema).min(1).max(500).optional().meta({ description: 'Tasks to be run' }),
    tables: z.array(tableNameSchema).min(1).max(500).optional().meta({
      description: 'In place of `taskIds`: all tasks that list or read one of these tables',
    }),
    ...namedTimesFields,
    downstream: z.enum(['none', 'matching']).default('none').meta({
      description: '`matching`: everything downstream too, at the times that match',
    }),
    existing: z
      .enum(existingChoices)
      .default('rerun')
      .meta({
        description:
          'What becomes of times that have been run: run again; only where they `failed`; or left ' +
          'alone. `runPolicy.rerunMode` of a task may deny it',
      }),
    concurrency: z
      .number()
      .int()
      .min(1)
      .max(maxConcurrency)
      .default(defaultConcurrency)
      .meta({
        description:
          'Instances under way at the same time, over all tasks; of one task no more than its ' +
          '`runPolicy.maxParallel`',
      }),
    dryRun: z.boolean().default(false).meta({ description: 'Answers the plan; nothing is made' }),
    confirm: z
      .boolean()
      .default(false)
      .meta({ description: `Needed past ${cellsToConfirm} instances` }),
  })
  .superRefine((request, context) => {
    const issue = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if ((request.taskIds === undefined) === (request.tables === undefined)) {
      issue('taskIds', 'give either taskIds or tables');
    }
    const range = request.startTime !== undefined || request.endTime !== undefined;
    const missing = missingEnd(request);
    if (range === (request.scheduleTimes !== undefined)) {
      issue('scheduleTimes', 'give either scheduleTimes or startTime and endTime');
    } else if (missing) {
      issue(missing.path, missing.message);
    }
  });
export type BackfillRequest = z.infer<typeof backfillRequestSchema>;

export const cellActions = ['create', 'rerun', 'skip'] as const;
export type CellAction = (typeof cellActions)[number];

export const cellStates = [
  'waiting',
  /** Handed to its task, where it waits for a slot or runs. */
  'running',
  'succeeded',
  'failed',
  'timedOut',
  'cancelled',
  /** Something that it needs inside the plan failed, was cancelled or dropped. */
  'blocked',
  'skipped',
  /** Its task was removed. */
  'dropped',
] as const;
export type CellState = (typeof cellStates)[number];

/** Cells that `:retry-failed` takes. */
export const retriedStates = ['failed', 'timedOut', 'cancelled', 'blocked'] as const;

/** One (task, time) of a plan, as it was planned. */
export interface PlannedCell {
  taskId: string;
  /** ISO 8601 in UTC. */
  scheduleTime: string;
  action: CellAction;
  /** Why it is skipped or run; one short sentence. */
  reason: string | null;
  /** Indexes, in the plan's list of cells, of those that it waits for. */
  needs: number[];
}

/** A table to be marked for a time: a triggered task that has no instance there yet. */
export interface PlannedMark {
  taskId: string;
  table: string;
  scheduleTime: string;
}

export interface Plan {
  /** Oldest time first; what comes before another never needs it. */
  cells: PlannedCell[];
  marks: PlannedMark[];
}

export const cellViewSchema = z.object({
  taskId: z.string(),
  scheduleTime: z.string(),
  action: z.enum(cellActions),
  reason: z.string().nullable(),
  state: z.enum(cellStates),
  runId: z.string().nullable(),
});
export type CellView = z.infer<typeof cellViewSchema>;

export const planViewSchema = z.object({
  cells: z.array(
    cellViewSchema.pick({ taskId: true, scheduleTime: true, action: true, reason: true }),
  ),
  /** Tables that would be marked, for triggered tasks without an instance at that time. */
  marks: z.array(z.object({ taskId: z.string(), table: z.string(), scheduleTime: z.string() })),
  count: z.number().int(),
  /** From how long the tasks' latest runs took; null where none has run yet. */
  estimatedSeconds: z.number().nullable(),
});
export type PlanView = z.infer<typeof planViewSchema>;

export const backfillStatuses = [
  'running',
  'paused',
  /** Cancelled, and what was under way is still coming to its end. */
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export type BackfillStatus = (typeof backfillStatuses)[number];

/** Statuses in which a driver is at work, or has to be. */
export const liveBackfillStatuses = ['running', 'paused', 'cancelling'] as const;

export const backfillViewSchema = z.object({
  id: z.string(),
  status: z.enum(backfillStatuses),
  /** What brought it about. */
  startedBy: z.enum(['backfill', 'rerun', 'tableTrigger']),
  startedByUser: z.string(),
  taskIds: z.array(z.string()),
  downstream: z.enum(['none', 'matching']),
  existing: z.enum(existingChoices),
  concurrency: z.number().int(),
  count: z.number().int(),
  /** Cells by state. */
  counts: z.record(z.enum(cellStates), z.number().int()),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  estimatedEnd: z.string().nullable(),
});
export type BackfillView = z.infer<typeof backfillViewSchema>;

/** A cell on its way to its task. */
export interface CellRequest {
  scheduleTime: string;
  /** Backfills that wait for it: one run serves all of them. */
  backfills: string[];
  existing: ExistingChoice;
  /** The instance as the store knew it: attempts so far and how the last one ended. */
  attempts: number;
  status: RunStatus | null;
  /** Name of who asked for it. */
  by: string;
}

/** How a cell ended, as its task tells the backfill. */
export interface CellEnd {
  scheduleTime: string;
  /** `withdrawn`: it was taken back before it began, and waits again. */
  status: 'succeeded' | 'failed' | 'timedOut' | 'cancelled' | 'skipped' | 'dropped' | 'withdrawn';
  runId: string | null;
  reason: string | null;
  /** Set where the task takes no more for now. */
  full?: true;
}

/** What a driver gets to do next. */
export interface BackfillStep {
  status: BackfillStatus;
  waiting: number;
  running: number;
  /** Cells handed out now, by task: each is to be asked of its task once. */
  taken: { taskId: string; cells: CellRequest[] }[];
  /** Tasks that hold cells of it, for a pause or a cancellation to reach. */
  holders: string[];
}
