/** How lists of tasks are asked for, and what a row of one shows. */
import { z } from 'zod';
import { progressSchema } from './run';
import { runSummarySchema, taskViewSchema, type GateView, type TaskKind } from './task';

/** How the latest run of a task stands; `none`: it has not run yet. */
export const latestStatuses = [...runSummarySchema.shape.status.options, 'none'] as const;
export type LatestStatus = (typeof latestStatuses)[number];

export const orders = ['asc', 'desc'] as const;
export type Order = (typeof orders)[number];

export const taskSorts = ['created', 'name', 'latestRun', 'nextRun'] as const;
export type TaskSort = (typeof taskSorts)[number];

/** The order that people want first. */
export const usualOrder: Record<TaskSort, Order> = {
  created: 'desc',
  name: 'asc',
  latestRun: 'desc',
  nextRun: 'asc',
};

/** Which tasks, in which order; null: it does not matter. */
export interface TaskQuery {
  /** Part of the name, whatever the case. */
  search: string | null;
  kind: TaskKind | null;
  status: LatestStatus | null;
  paused: boolean | null;
  /** `key`, or `key=value`. */
  tag: string | null;
  sort: TaskSort;
  order: Order;
}

const gateCountsSchema = z.object({
  marked: z.number().int().meta({ description: 'Tables that the open round has' }),
  tables: z
    .number()
    .int()
    .meta({ description: 'Tables that it waits for, marked ones among them' }),
  dated: z.number().int().meta({ description: 'Open gates of schedule times; 20 may mean more' }),
});

/** A row of a list: a task, with what its live run is doing. */
export const taskRowSchema = taskViewSchema.extend({
  gateCounts: gateCountsSchema.nullable().meta({ description: 'Null: it has no gate open' }),
  latestRun: runSummarySchema
    .extend({ startedAt: z.string().nullable(), progress: progressSchema.nullable() })
    .nullable(),
});
export type TaskRow = z.infer<typeof taskRowSchema>;

/** What lists of other things say of a task: enough to name it, also where it has been removed. */
export const taskNameSchema = taskViewSchema
  .pick({ id: true, name: true, kind: true, timezone: true, imported: true })
  .extend({ removed: z.boolean().meta({ description: 'True: it has been removed' }) });
export type TaskName = z.infer<typeof taskNameSchema>;

/** A gate in numbers. */
export function countGate(gate: GateView | null): TaskRow['gateCounts'] {
  if (gate === null) return null;
  const marked = gate.tables.filter(({ status }) => status === 'Triggered').length;
  return { marked, tables: gate.tables.length, dated: gate.dated.length };
}
