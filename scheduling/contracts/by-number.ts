/** Tasks and instances by their 64-bit numbers. */
import type { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import type { TaskView } from '../../model/task';
import type {
  InstanceFilterByNumber,
  NumberedInstance,
  Slice,
  TaskFilterByNumber,
} from '../../store/store';
import type { TaskRead } from './tasks';

export interface NumberedTask {
  task: TaskRead;
  /** Numbers of the tasks in its `dependsOn`. */
  upstream: string[];
}

/** What became of one instance. */
export interface InstanceStep {
  number: string;
  /** Why it was not done; null: it was. */
  error: TablegateError | null;
}

/** Instances of a business day, of which `businessTime` is any moment, in ms. */
export type BusinessDayFilter = Omit<InstanceFilterByNumber, 'days'> & { businessTime: number };

export type TaskSlice = Slice<'id' | 'created' | 'changed'>;
export type InstanceSlice = Slice<'id' | 'created' | 'started' | 'finished' | 'scheduled'>;

/**
 * The same things by the numbers that vendors know them by. Of twins, which have one number, that of
 * the environment is meant, in production where that is null. An instance has a number once it has a
 * record; that of any of its attempts leads to it.
 */
export interface ByNumberService {
  /** @throws TablegateError taskNotFound */
  task(caller: Caller, number: string, environment: 'Dev' | 'Prod' | null): Promise<NumberedTask>;
  tasks(
    caller: Caller,
    filter: TaskFilterByNumber,
    slice: TaskSlice,
  ): Promise<{ items: TaskView[]; total: number }>;
  /** @throws TablegateError taskNotFound, taskInUse, taskImported */
  removeTask(caller: Caller, number: string, environment: 'Dev' | 'Prod' | null): Promise<void>;
  /**
   * @param attempt null: the latest
   * @throws TablegateError runNotFound
   */
  instance(caller: Caller, number: string, attempt: number | null): Promise<NumberedInstance>;
  instances(
    caller: Caller,
    filter: BusinessDayFilter,
    slice: InstanceSlice,
  ): Promise<{ items: NumberedInstance[]; total: number }>;
  /** @throws TablegateError runNotFound */
  log(caller: Caller, number: string, attempt: number | null): Promise<string[]>;
  /** Runs instances again, each for itself; a number that is sent twice counts once. */
  rerun(
    caller: Caller,
    numbers: readonly string[],
    comment: string | null,
  ): Promise<InstanceStep[]>;
  /** Cancels what is live of them. */
  stop(caller: Caller, numbers: readonly string[], comment: string | null): Promise<InstanceStep[]>;
  /** Makes or reruns the instance of a task at a time. @throws TablegateError taskNotFound */
  bringAbout(
    caller: Caller,
    number: string,
    environment: 'Dev' | 'Prod' | null,
    scheduleTime: Date,
  ): Promise<void>;
  /**
   * Backfills tasks over closed ranges, whose ends each task reads in its timezone.
   * @returns ids of the backfills, one a range
   * @throws TablegateError confirmationNeeded for a range that comes to more than 10,000 cells
   */
  supplement(
    caller: Caller,
    ask: {
      numbers: readonly string[];
      environment: 'Dev' | 'Prod' | null;
      ranges: readonly { startTime: string; endTime: string }[];
      downstream: 'none' | 'matching';
      concurrency: number;
      comment: string | null;
    },
  ): Promise<string[]>;
  /**
   * Numbers of such backfills, and of the instances that they have brought about so far.
   * @throws TablegateError backfillNotFound
   */
  supplemented(
    caller: Caller,
    ids: readonly string[],
  ): Promise<{ numbers: string[]; instances: string[] }>;
}
