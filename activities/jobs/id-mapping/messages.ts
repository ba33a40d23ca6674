/** What parent and child of a computation tell each other; plain JSON. */
import type { TableRef } from '../../../connectors/connector';
import type { JobConnection } from '../../../model/job-type';
import type { FromChild } from '../child-messages';
import type { IdMappingConfig } from './config';
import type { ChangeCounts } from './changes';
import type { LeftOutReason } from './links';
import type { Matched } from './users';

/** One table to read. */
export interface SourceTable {
  /** `connection.schema.table` */
  name: string;
  connection: JobConnection;
  ref: TableRef;
  idColumns: { column: string; idType: string }[];
}

/** Where the IDs are read, and where their users stand. */
export interface Places {
  filesRoots: string[];
  /** In the order of the task. */
  tables: SourceTable[];
  target: { connection: JobConnection; ref: TableRef };
  /** Name of the output for people: `connection.schema.table`. */
  output: string;
  /** How IDs are read and which are left out, as the task says. */
  guards: Pick<IdMappingConfig, 'maxSharedBy' | 'priority' | 'idTypes'>;
  /** Connections of kind `fake` work; for tests. */
  fake: boolean;
}

/** What reading them takes besides. */
export interface ReadRequest extends Places {
  scratchDir: string;
  /** How long a source that is held by others is waited for; left out: as long as a run waits. */
  waitMs?: number;
}

export interface ComputeRequest extends ReadRequest {
  runId: string;
  /** Id of the task, for the fence. */
  writer: string;
  /** Decimal digits: JSON has no 64-bit integers. */
  fence: string;
  /** When the try began, in milliseconds since 1970. */
  startedAtMs: number;
}

/** A value that a guard rail has left out. */
export interface LeftOutValue {
  idType: string;
  value: string;
  why: LeftOutReason;
  /** Distinct other values that occur in one row with it; null where that is not why. */
  others: number | null;
  /** Cells that hold it, in all tables. */
  cells: number;
  /** Some of the tables that hold it. */
  tables: string[];
}

/** How many values of a type a guard rail has left out, and how many cells hold them. */
export interface LeftOutCount {
  idType: string;
  why: LeftOutReason;
  values: number;
  cells: number;
}

/** A user with more IDs of one type than a person has. */
export interface CrowdedSample {
  idType: string;
  ids: number;
  /** One of its IDs. */
  sample: { idType: string; value: string };
  /** True: each of its IDs was kept apart. */
  apart: boolean;
}

/** What the record keeps of a computation. */
export interface IdMappingSummary {
  output: string;
  users: number;
  /** Distinct IDs in the result. */
  ids: number;
  idsByType: Record<string, number>;
  rowsRead: number;
  /** Users by how many IDs they have; `to` null: without end. */
  sizes: { largest: number; groups: { from: number; to: number | null; users: number }[] };
  /** Of each table: rows, rows with a user, and rows whose user other tables have too. */
  matched: ({ table: string } & Matched)[];
  /** What became of the users since the last run; null where there was none. */
  changes: ChangeCounts | null;
  /** Those in most cells, by reason; `leftOutCount` counts all. */
  leftOut: LeftOutValue[];
  leftOutCount: number;
  leftOutByType: LeftOutCount[];
  /** Those with most IDs; `crowdedCount` counts all. */
  crowded: CrowdedSample[];
  crowdedCount: number;
  /** Set where a later run, which went on side by side, had written its result before. */
  superseded?: true;
  seconds: Record<string, number>;
}

/** `find`: only looks for what a try of the run has put in its place. */
export type ToChild = { type: 'compute' | 'find'; request: ComputeRequest };

/** With the summary; null: nothing was found. */
export type ToParent = FromChild<IdMappingSummary | null>;
