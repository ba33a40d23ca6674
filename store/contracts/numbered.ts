/** Tasks and instances by their 64-bit numbers. */
import type { RunRecord, RunStarter, RunStatus } from '../../model/run';
import type { TaskKind, TaskView } from '../../model/task';

/** Null: it does not matter. */
export interface TaskFilterByNumber {
  numbers: string[] | null;
  /** Part of the name, whatever the case. */
  search: string | null;
  owner: string | null;
  environment: 'Dev' | 'Prod' | null;
  /** Of the job. */
  type: string | null;
  kind: TaskKind | null;
  running: 'pause' | 'skip' | 'normal' | null;
  resourceGroup: string | null;
}

export interface InstanceFilterByNumber extends TaskFilterByNumber {
  /** When the wanted schedule times are in each timezone that tasks have, the end left out. */
  days: { timezone: string; from: Date; to: Date }[];
  instanceNumbers: string[] | null;
  statuses: RunStatus[] | null;
  starters: RunStarter[] | null;
  /** Numbers of backfills, all of which have brought it about. */
  backfills: string[];
}

/** A part of a list, and its order. */
export interface Slice<By extends string> {
  by: By;
  descending: boolean;
  offset: number;
  limit: number;
}

/** An attempt of an instance, with the task as it is now. */
export interface NumberedInstance {
  /** That of the first attempt, for all of them. */
  number: string;
  run: RunRecord;
  task: TaskView;
}

/** What vendors know by numbers. A run without a schedule time is an instance of its own. */
export interface NumberedStore {
  /** Live tasks. */
  tasks(
    tenant: string,
    filter: TaskFilterByNumber,
    slice: Slice<'id' | 'created' | 'changed'>,
  ): Promise<{ items: TaskView[]; total: number }>;
  /** Numbers of tasks, also of removed ones, by their ids. */
  numbersOf(tenant: string, taskIds: string[]): Promise<Map<string, string>>;
  /** Those of all tasks, also of removed ones. */
  timezones(tenant: string): Promise<string[]>;
  /** The latest attempt of each instance that has a record; of removed tasks too. */
  instances(
    tenant: string,
    filter: InstanceFilterByNumber,
    slice: Slice<'id' | 'created' | 'started' | 'finished' | 'scheduled'>,
  ): Promise<{ items: NumberedInstance[]; total: number }>;
  /** All attempts of an instance, the latest first; empty where there is none. */
  attempts(tenant: string, number: string): Promise<NumberedInstance[]>;
  /** Numbers of backfills and of the instances that they have brought about so far (10,000 at most). */
  backfills(
    tenant: string,
    ids: string[],
  ): Promise<{ backfills: { id: string; number: string }[]; instances: string[] }>;
}
