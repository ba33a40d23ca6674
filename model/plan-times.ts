/** Which instances belong to a plan: what was asked for and, if wished, all that comes after it. */
import { maxCells } from './backfill';
import { TablegateError } from './errors';
import { inverseOf, standsUntil } from './needs';
import type { Slices } from './slices';
import { GatheredTimes, sortedTimes } from './sorted-times';
import { spannedCalendar } from './spanned-calendar';
import { linkTasks, upstreamFirst } from './task-graph';
import type { TaskTimes } from './task-times';

/** How far ahead a time may be named. */
const longestAheadMs = 366 * 86_400_000;

export interface PlanScope {
  /** What was asked for, times in ms. A time that is named may lie up to a year ahead. */
  roots: readonly { taskId: string; times: readonly number[] }[];
  /** All live tasks of the tenant. */
  tasks: readonly TaskTimes[];
  downstream: 'none' | 'matching';
  /** ms */
  now: number;
}

/** A task with the times that a plan has for it. */
export interface PlannedTask {
  /** As the plan sees it: planned times off its schedule are among its instances. */
  times: TaskTimes;
  /** ms, ascending. */
  planned: number[];
}

/**
 * The instances of a plan: the roots and, for `matching`, those downstream to any depth by the
 * inverse of rule 9, as far as `standsUntil` goes. What comes after is due by now, or no later than
 * what it comes after: no instance is brought about ahead of its time because one of many that it
 * needs was. Every task is gone through once, also where tasks come after one another in a round.
 * @returns by task, upstream first
 * @throws TablegateError invalidInput where there are too many, or a time is too far ahead
 */
export function* planTimes(scope: PlanScope): Slices<PlannedTask[]> {
  const range = rangeOf(scope);
  if (range === null) return [];
  const tasks = scope.tasks.map((times) => times.task);
  const links = linkTasks(tasks);
  const timesOf = spannedTimes(scope.tasks, range);
  yield;
  const wanted = new WantedTimes(scope.roots, range);
  yield;
  const done: PlannedTask[] = [];
  for (const id of upstreamFirst(tasks, links)) {
    const planned = wanted.take(id);
    if (planned.length === 0) continue;
    const times = timesOf(id);
    yield;
    const task = { times: withPlanned(times, planned), planned };
    done.push(task);
    yield;
    const after = scope.downstream === 'matching' ? (links.get(id) ?? []) : [];
    for (const down of after) {
      for (const at of planned) {
        wanted.add(down.id, timesAfter(task.times, at, timesOf(down.id), scope.now));
        yield;
      }
    }
  }
  return done;
}

interface Range {
  from: number;
  to: number;
}

/** From the first to the last time of the roots; null where nothing was asked for. */
function rangeOf({ roots, now }: PlanScope): Range | null {
  let [from, to] = [Infinity, -Infinity];
  for (const { times } of roots) {
    for (const time of times) {
      from = Math.min(from, time);
      to = Math.max(to, time);
    }
  }
  if (to - now > longestAheadMs) {
    refuse('scheduleTimes', `${isoOf(to)} is more than a year ahead`);
  }
  return from <= to ? { from, to } : null;
}

/** Gathers the times of each task until it is gone through; what comes for it later is left out. */
class WantedTimes {
  private readonly waiting = new Map<string, GatheredTimes>();
  private readonly taken = new Set<string>();
  private count = 0;

  constructor(
    roots: PlanScope['roots'],
    private readonly range: Range,
  ) {
    for (const { taskId, times } of roots) this.add(taskId, times);
  }

  /** @throws TablegateError invalidInput where there are too many */
  add(taskId: string, times: readonly number[]): void {
    if (this.taken.has(taskId)) return;
    const known = this.waiting.get(taskId) ?? new GatheredTimes();
    const before = known.count;
    for (const time of times) known.add(time);
    this.waiting.set(taskId, known);
    this.count += known.count - before;
    if (this.count > maxCells) refuseRange(this.range);
  }

  take(taskId: string): number[] {
    this.taken.add(taskId);
    return this.waiting.get(taskId)?.sorted() ?? [];
  }
}

function spannedTimes(
  tasks: PlanScope['tasks'],
  { from, to }: Range,
): (taskId: string) => TaskTimes {
  const byId = new Map(tasks.map((times) => [times.task.id, times]));
  const spanned = new Map<string, TaskTimes>();
  return (taskId) => {
    const known = spanned.get(taskId);
    if (known) return known;
    const { task, calendar, instances } = byId.get(taskId)!;
    const times = { task, calendar: calendar && spannedCalendar(calendar, from, to), instances };
    spanned.set(taskId, times);
    return times;
  };
}

function withPlanned({ task, calendar, instances }: TaskTimes, planned: number[]): TaskTimes {
  const offSchedule = planned.filter((time) => !calendar?.includes(time));
  return { task, calendar, instances: sortedTimes([...instances, ...offSchedule]) };
}

function timesAfter(up: TaskTimes, at: number, down: TaskTimes, now: number): number[] {
  const last = Math.max(now, at);
  const times = inverseOf(up, at, down, Math.min(standsUntil(up, at), last));
  return times.filter((time) => time <= last);
}

function refuseRange({ from, to }: Range): never {
  const range = from === to ? `of ${isoOf(from)}` : `from ${isoOf(from)} to ${isoOf(to)}`;
  const most = maxCells.toLocaleString('en');
  refuse('startTime', `the plan ${range} has more than ${most} instances; ask for a shorter range`);
}

function refuse(path: string, message: string): never {
  const detail = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  throw new TablegateError('invalidInput', detail, { fields: [{ path, message }] });
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
