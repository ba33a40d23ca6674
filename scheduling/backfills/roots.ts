/** What a backfill begins with: which tasks at which times, and which tables are marked (rule 8). */
import { maxCells, maxMarks, type PlannedMark } from '../../model/backfill';
import { calendarOf } from '../../model/calendar';
import { invalidInput } from '../../model/field-errors';
import type { LineageTask } from '../../model/lineage';
import { sortedTimes } from '../../model/sorted-times';
import { timesInRange } from '../../model/task-times';
import { knownByTime } from '../../store/known-by-time';
import type { SchedulingDeps } from '../deps';
import { refuseFarTime } from '../gate-times';
import { TaskTimesLoader } from './task-times-loader';
import type { TimesReader, WantedTimes } from './wanted-times';

export interface BackfillRoots {
  /** Times in ms, ascending; each task once. */
  roots: { taskId: string; times: number[] }[];
  marks: PlannedMark[];
}

type Deps = Pick<SchedulingDeps, 'store' | 'gateway' | 'log'>;

export class RootFinder {
  private readonly loader: TaskTimesLoader;
  private readonly now = Date.now();
  private marks = 0;

  /** @param times the times that were named, or the range */
  constructor(
    private readonly deps: Deps,
    private readonly tenant: string,
    private readonly times: TimesReader,
  ) {
    this.loader = new TaskTimesLoader(deps, tenant);
  }

  /** Tasks that were named themselves, whatever their kind. */
  async ofTasks(tasks: readonly LineageTask[]): Promise<BackfillRoots> {
    const roots: BackfillRoots['roots'] = [];
    for (const task of tasks) roots.push({ taskId: task.id, times: await this.timesOf(task) });
    return { roots, marks: [] };
  }

  /** What it does to the tasks that list or read a table when that is triggered. */
  async ofTable(table: string, tasks: readonly LineageTask[]): Promise<BackfillRoots> {
    const parts: BackfillRoots[] = [];
    for (const task of tasks) parts.push(await this.ofTableIn(table, task));
    return {
      roots: parts.flatMap(({ roots }) => roots),
      marks: parts.flatMap(({ marks }) => marks),
    };
  }

  private async ofTableIn(table: string, task: LineageTask): Promise<BackfillRoots> {
    const isRange = !('named' in (await this.times.in(task.timezone)));
    if (task.kind === 'manual' && task.recurrence === null && isRange) return none;
    const times = await this.timesOf(task);
    if (task.kind !== 'triggered') return { roots: [{ taskId: task.id, times }], marks: [] };
    const existing = await this.existingOf(task, times);
    const missing = task.lists.includes(table) ? times.filter((at) => !existing.has(at)) : [];
    const path = isRange ? 'startTime' : 'scheduleTimes';
    for (const at of missing) refuseFarTime(at, path);
    this.marks += missing.length;
    if (this.marks > maxMarks) throw tooManyMarks(path);
    return {
      roots: [{ taskId: task.id, times: times.filter((at) => existing.has(at)) }],
      marks: missing.map((at) => ({ taskId: task.id, table, scheduleTime: iso(at) })),
    };
  }

  private async timesOf(task: LineageTask): Promise<number[]> {
    const wanted = await this.times.in(task.timezone);
    if ('named' in wanted) return namedTimes(task, wanted);
    const times = await this.loader.loadWithGates(task, wanted);
    const { from, to } = wanted;
    if (times.calendar === null) return timesInRange(times, from, to, this.now);
    const regular = times.calendar.between(from, Math.min(to, this.now), maxCells + 1);
    if (regular.length > maxCells) throw tooMany(task);
    return regular;
  }

  /** Those of these times at which the task has run, or runs. */
  private async existingOf(task: LineageTask, times: readonly number[]): Promise<Set<number>> {
    const known = await knownByTime(this.deps.store, this.tenant, task.id, times);
    return new Set(times.filter((at) => (known.get(at)?.attempts ?? 0) > 0));
  }
}

/**
 * Named times are taken as named. Of one that the clocks show twice the second is meant where only
 * that is a schedule time of the task.
 */
function namedTimes(
  { recurrence, timezone }: LineageTask,
  { named, twice }: Extract<WantedTimes, { named: number[] }>,
): number[] {
  if (recurrence === null || twice.size === 0) return named;
  const calendar = calendarOf(recurrence, timezone);
  const meant = named.map((at) => {
    const second = twice.get(at);
    return second !== undefined && !calendar.includes(at) && calendar.includes(second)
      ? second
      : at;
  });
  return sortedTimes(meant);
}

const none: BackfillRoots = { roots: [], marks: [] };

/** Puts the roots of several tables together: each task once, with all of its times. */
export function mergeRoots(parts: readonly BackfillRoots[]): BackfillRoots {
  const times = new Map<string, number[][]>();
  for (const { taskId, times: more } of parts.flatMap(({ roots }) => roots)) {
    times.set(taskId, [...(times.get(taskId) ?? []), more]);
  }
  return {
    roots: [...times].map(([taskId, lists]) => ({
      taskId,
      times: lists.length === 1 ? lists[0]! : sortedTimes(lists.flat()),
    })),
    marks: parts.flatMap(({ marks }) => marks),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function tooMany({ name }: LineageTask): Error {
  const message = `from there on the task "${name}" has more than ${maxCells} times; take a shorter range`;
  return invalidInput('body', [{ path: 'startTime', message }]);
}

function tooManyMarks(path: string): Error {
  const message = `more than ${maxMarks} tables would be marked, over all tasks; name fewer times`;
  return invalidInput('body', [{ path, message }]);
}
