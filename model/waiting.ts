/** What the board of waiting tasks shows: gates that are open, and what each still waits for. */
import { z } from 'zod';
import { deadlineOf } from './gate';
import type { GateView, TaskView } from './task';
import { usualArrivalSchema } from './usual-arrival';

export const waitingStatuses = ['waiting', 'blocked', 'full'] as const;

/** A gate that has led to no run yet. */
export interface WaitingGate {
  /** Null: the open round. */
  scheduleTime: string | null;
  /** When it was opened: by its first mark, or by its due time. */
  since: string;
  status: (typeof waitingStatuses)[number];
  /** What stands in the way, where it is not tables. */
  reason: string | null;
  arrived: { table: string; at: string; caller: string | null }[];
  missing: string[];
  /** By when it should be full. */
  deadline: string | null;
  /** When it is given up. */
  expiresAt: string | null;
}

type GateTables = GateView['tables'];

/** The gates of a task that wait, oldest first. */
export function waitingGates(task: TaskView): WaitingGate[] {
  const { gate } = task;
  if (gate === null) return [];
  const { tables, dated, running } = gate;
  const round = gateOf(task, { scheduleTime: null, tables, upstream: null });
  const all = [round, ...dated.map((one) => gateOf(task, one))].filter((one) => one !== null);
  return all
    .filter(({ scheduleTime }) => running === null || running.scheduleTime !== scheduleTime)
    .toSorted((one, other) => Date.parse(one.since) - Date.parse(other.since));
}

/** @returns null for a gate that nothing has opened */
function gateOf(
  task: TaskView,
  gate: Pick<GateView['dated'][number], 'tables' | 'upstream'> & { scheduleTime: string | null },
): WaitingGate | null {
  const { scheduleTime, tables, upstream } = gate;
  const arrived = tables.flatMap(({ table, at, caller }) => (at ? [{ table, at, caller }] : []));
  const missing = tables.filter(({ at }) => at === null).map(({ table }) => table);
  const since = upstream ? scheduleTime : oldest(tables);
  if (since === null) return null;
  const { deadline = null } = task.notifications ?? {};
  const limit = deadline === null ? null : deadlineOf(since, scheduleTime, deadline);
  const expires = Date.parse(since) + task.runPolicy.gateExpiry * 1000;
  return {
    ...{ scheduleTime, since, arrived, missing, ...standing(task, gate, missing) },
    deadline: limit === null ? null : new Date(limit).toISOString(),
    expiresAt: scheduleTime === null ? null : new Date(expires).toISOString(),
  };
}

function oldest(tables: GateTables): string | null {
  const times = tables.flatMap(({ at }) => at ?? []);
  return times.length === 0 ? null : times.reduce((one, other) => (one < other ? one : other));
}

function standing(
  task: TaskView,
  { upstream }: Pick<GateView['dated'][number], 'upstream'>,
  missing: readonly string[],
): Pick<WaitingGate, 'status' | 'reason'> {
  if (upstream !== null && upstream.status !== 'met') {
    return {
      status: upstream.status === 'blocked' ? 'blocked' : 'waiting',
      reason: upstream.reason,
    };
  }
  if (missing.length > 0) return { status: 'waiting', reason: null };
  return { status: 'full', reason: task.paused ? 'the task is paused' : 'it waits for its turn' };
}

/** Since when a task has been waiting; null: it waits for nothing. */
export function waitingSince(task: TaskView): string | null {
  return waitingGates(task)[0]?.since ?? null;
}

/** Most gates of one task, and most tables of one gate, that a board shows. */
export const shownGates = 5;
export const shownTables = 50;

const waitingGateSchema = z.object({
  scheduleTime: z.string().nullable().meta({ description: 'Null: the open round' }),
  since: z.string().meta({ description: 'Its first mark, or its due time' }),
  status: z.enum(waitingStatuses).meta({
    description:
      '`blocked`: a task upstream did not succeed; `full`: nothing is missing, `reason` says more',
  }),
  reason: z.string().nullable(),
  deadline: z.string().nullable().meta({ description: 'By when it should be full' }),
  isLate: z.boolean().meta({ description: 'Whether the deadline is past' }),
  expiresAt: z.string().nullable().meta({ description: 'When it is given up' }),
  arrivedCount: z.number().int(),
  missingCount: z.number().int(),
  arrived: z
    .array(z.object({ table: z.string(), at: z.string(), caller: z.string().nullable() }))
    .meta({ description: `At most ${shownTables}` }),
  missing: z
    .array(z.object({ table: z.string(), ...usualArrivalSchema.shape }))
    .meta({ description: `At most ${shownTables}` }),
});

/** A task on the board. */
export const waitingTaskSchema = z.object({
  taskId: z.string(),
  name: z.string(),
  kind: z.string(),
  timezone: z.string(),
  paused: z.boolean(),
  since: z.string().meta({ description: 'When the oldest of its gates was opened' }),
  gateCount: z
    .number()
    .int()
    .meta({ description: 'Of its gates of schedule times, 20 are counted' }),
  gates: z
    .array(waitingGateSchema)
    .meta({ description: `Oldest first, at most ${shownGates}; the task itself shows all` }),
});
export type WaitingTask = z.infer<typeof waitingTaskSchema>;
