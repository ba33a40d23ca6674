/** What parent and child of a computation tell each other; plain JSON. */
import type { TableRef } from '../../../connectors/connector';
import type { JobConnection } from '../../../model/job-type';
import type { LogLine, RunProgress, TableDetail } from '../../../model/run';

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
  /** Null: no value is left out as too many others occur with it. */
  maxSharedBy: number | null;
}

/** A value that was left out as too many others occur with it. */
export interface LeftOutValue {
  idType: string;
  value: string;
  /** Distinct other values that occur in one row with it. */
  others: number;
  /** Some of the tables in which it links. */
  tables: string[];
}

/** What the record keeps of a computation. */
export interface IdMappingSummary {
  output: string;
  users: number;
  /** Distinct IDs in the result. */
  ids: number;
  idsByType: Record<string, number>;
  rowsRead: number;
  /** Those that most others occur with; `leftOutCount` counts all. */
  leftOut: LeftOutValue[];
  leftOutCount: number;
  /** Set where a later run, which went on side by side, had written its result before. */
  superseded?: true;
  seconds: Record<string, number>;
}

/** Why a computation ended without a result. */
export interface ComputeFailure {
  /** `job`: told to people; `superseded`: a later try has written; `fault`: not foreseen. */
  kind: 'job' | 'superseded' | 'fault';
  message: string;
  cause: string | null;
}

export type ToChild = { type: 'compute'; request: ComputeRequest };

export type ToParent =
  | { type: 'progress'; progress: RunProgress }
  | { type: 'table'; detail: TableDetail }
  | { type: 'log'; level: LogLine['level']; line: string }
  | { type: 'done'; summary: IdMappingSummary }
  | { type: 'failed'; failure: ComputeFailure };
