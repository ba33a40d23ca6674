/** What parent and child of a copy tell each other; plain JSON. */
import type { SyncPlan } from '../../../model/script-plan';
import type { JobConnection } from '../../../model/job-type';
import type { FromChild } from '../child-messages';

/** What is read of one connection. */
export interface SourcePlace {
  connection: JobConnection;
  /** Names of its tables for people: `connection.schema.table`. */
  tables: string[];
}

export interface SyncRequest {
  plan: SyncPlan;
  /** For each part of the plan that is read. */
  sources: SourcePlace[];
  target: { connection: JobConnection; table: string };
  filesRoots: string[];
  scratchDir: string;
  /** The task, or an instance of it: see `fencedAs`. */
  writer: string;
  /** Decimal digits: JSON has no 64-bit integers. */
  fence: string;
}

export interface DirtySample {
  reason: string;
  row: string;
}

/** What the record keeps of a copy. */
export interface SyncSummary {
  source: string[];
  target: string;
  rowsRead: number;
  /** Rows that came into the target. */
  rows: number;
  bytes: number;
  seconds: number;
  rowsPerSecond: number;
  dirty: { count: number; samples: DirtySample[] };
  /** Set where an earlier try of the run had committed before it was lost. */
  committedBefore?: true;
}

export type ToChild = { type: 'copy'; request: SyncRequest } | { type: 'cancel' };

export type ToParent = FromChild<SyncSummary>;
