/** Execution records: one per run. */
import { z } from 'zod';
import { runStarters, runStatuses } from './run-status';

export * from './run-status';

const tableDetailSchema = z.object({
  table: z.string(),
  status: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled']),
  rowsRead: z.number().int().nullable(),
  rowsWritten: z.number().int().nullable(),
  error: z.string().nullable(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type TableDetail = z.infer<typeof tableDetailSchema>;

export const progressSchema = z.object({ fraction: z.number(), text: z.string() });
export type RunProgress = z.infer<typeof progressSchema>;

/** An execution record as every surface shows it; `temporalUrl` is made when it is read. */
export const runRecordSchema = z.object({
  id: z.string(),
  taskId: z.string(),
  status: z.enum(runStatuses),
  startedBy: z.enum(runStarters),
  /** Name of the person or caller behind it, where there is one. */
  startedByUser: z.string().nullable(),
  scheduleTime: z.string().nullable(),
  /**
   * Number of this run among those of its instance; 1 for runs without a schedule time, 0 where
   * nothing ran (skipped, missed, blocked).
   */
  attempt: z.number().int(),
  /** How often the job was tried within this run (`rerunTimes`). */
  tries: z.number().int(),
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  progress: progressSchema.nullable(),
  failureReason: z.string().nullable(),
  /** What lies behind the failure: the vendor's own words. */
  failureCause: z.string().nullable(),
  tables: z.array(tableDetailSchema),
  summary: z.record(z.string(), z.unknown()).nullable(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** A record on its way into the store; an older version never replaces a newer one. */
export interface RunProjection extends RunRecord {
  tenant: string;
  version: number;
  /**
   * Set where only status, end and reason count, and only where no end is written yet: the run's own
   * workflow has written the rest, or was lost.
   */
  endOnly?: true;
}

/** A record as the version before wrote it, in which `endOnly` was called `lost`. */
export function asNow(record: RunProjection & { lost?: true }): RunProjection {
  const { lost, ...rest } = record;
  return lost ? { ...rest, endOnly: true } : rest;
}

export interface LogLine {
  at: string;
  level: 'info' | 'warn' | 'error';
  line: string;
}
