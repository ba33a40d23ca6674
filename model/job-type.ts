/**
 * What a job is: a config schema, its lineage, and one function that runs in an activity. The
 * built-in types are defined through the same `defineJobType` that users get.
 */
import type { z } from 'zod';
import type { TableDetail } from './run';
import type { KnownConnection } from './script-connections';
import type { ScriptParameter } from './script-version';

/** A registered table as a job sees it. */
export interface JobTable {
  /** `connection.schema.table` */
  name: string;
  idMapping: { column: string; idType: string }[];
}

/** A configured connection with its secrets in the clear; lives in memory only. */
export interface JobConnection {
  name: string;
  type: string;
  config: Record<string, unknown>;
}

/** Everything a job declares about the tables it touches. */
export interface JobLineage {
  /** `connection.schema.table` each. */
  reads: string[];
  writes: string[];
}

export interface JobContext<Config> {
  tenant: string;
  taskId: string;
  taskNumber: string;
  runId: string;
  config: Config;
  /** The task's tables, in its order; external ones are not among them. */
  tables: JobTable[];
  /** Schedule time of the run, ISO 8601 in UTC; null for one that was started without a time. */
  scheduleTime: string | null;
  /** When the run was asked for, ISO 8601 in UTC: stands in for a schedule time that it has not. */
  askedAt: string;
  /** Of the task, in which its schedule times are read. */
  timezone: string;
  /** @throws TablegateError connectionNotFound */
  connection(name: string): Promise<JobConnection>;
  /** All connections of the tenant, without secrets: scripts may name them by URL or path. */
  connections(): Promise<KnownConnection[]>;
  /**
   * The text of a stored script, the user whose grants it runs with, and its schedule parameters.
   * @throws JobError where there is no such version
   */
  scriptText(
    scriptId: string,
    version: number,
  ): Promise<{ text: string; author: string; parameters: ScriptParameter[] }>;
  /** Whether a user may read or write through a connection now: an admin, or one with the grant. */
  mayUse(userId: string, connection: string, side: 'read' | 'write'): Promise<boolean>;
  /**
   * Grows with every run of the task and every try within it, uncounted activity retries
   * included. Every commit into a target is fenced by it.
   */
  fence: bigint;
  /** Under whose name it commits, where runs at the same time do not overtake each other; see `fencedAs`. */
  fencedAs: string;
  /** A folder of this try's own, removed after it. */
  scratchDir: string;
  /** Aborted when the run is cancelled, timed out or superseded. */
  signal: AbortSignal;
  /** A line for the run's log. */
  log(level: 'info' | 'warn' | 'error', line: string): void;
  /** Progress for people: `fraction` 0 to 1, `text` one short phrase; heartbeats as well. */
  progress(progress: { fraction: number; text: string }): void;
  /** Per-table state as it becomes known; shown while the run goes on. */
  table(detail: TableDetail): void;
}

export interface JobResult {
  tables: TableDetail[];
  /** Small JSON object kept with the record (below 64 KB). */
  summary: Record<string, unknown>;
}

export interface JobType<Config = unknown> {
  type: string;
  title: string;
  configSchema: z.ZodType<Config>;
  /** True when every table of the task must be registered with an ID mapping. */
  needsIdMapping: boolean;
  /**
   * True: several tasks may write one table, as the job itself takes care that none spoils the work
   * of another. Its outputs are reserved for no task, and left to the job to check.
   */
  sharesOutputs?: boolean;
  lineage(task: { number: string; tables: string[]; config: Config }): JobLineage;
  /** @throws JobError with one sentence that names the table; anything else is taken as a fault */
  run(context: JobContext<Config>): Promise<JobResult>;
}

/** A failure of the job itself, told to people. Counts against `rerunTimes`. */
export class JobError extends Error {
  constructor(
    message: string,
    readonly tables: TableDetail[] = [],
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
    this.name = 'JobError';
  }
}

/**
 * Declares a job type; only gives the compiler the config's type.
 * @param jobType the declaration
 * @returns the same object
 */
export function defineJobType<Config>(jobType: JobType<Config>): JobType<Config> {
  return jobType;
}
