import { editions, type Edition } from '../config';
import { TablegateError, type ErrorCode } from '../model/errors';
import { parseInput } from '../model/field-errors';
import { editUpdate } from '../model/messages';
import type { Caller } from '../model/people';
import type { ResourceGroup } from '../model/resource-group';
import {
  mergeDefinition,
  taskPatchSchema,
  type TaskProjection,
  type TaskView,
} from '../model/task';
import { settleChange } from '../model/task-change';
import { makeId } from '../store/secrets';
import { noteActions } from './audit';
import { changesBetween, type Changes } from './changes';
import { definitionOf, settledPatch } from './definitions';
import type { SchedulingDeps } from './deps';
import { eachInTurns } from './in-turns';
import { placeJob } from './resource-groups';
import type { BatchEntry, BatchResult, TaskBatchService, TaskService } from './scheduling';
import type { TasksOfScripts } from './scripts/task-of-script';
import { lineageOf } from './task-checks';
import { isRefusal, refuseImported } from './task-refusals';
import { checkTimes } from './time-checks';

/** Updates on their way at the same time: enough to keep Temporal busy, not so many that they wait. */
const atOnce = 32;
/** How often a change is made again that another one came between. */
const mostTries = 4;
/** The least edition in which batches are taken. */
const neededEdition: Edition = 'Basic';

/** How long an Update takes of a call's time, until there are enough to know. */
const usualUpdateMs = 8;
/** How far apart the Schedules of a call's tasks are changed. */
const scheduleMs = 12;
/** Longest time that a task leaves its Schedule as it is. */
const longestHoldMs = 20_000;

/**
 * How long each task of a call leaves its Schedule as it is, as that would slow the Updates of the
 * others: until about the end of all of them, and then each at a moment of its own.
 */
class Pace {
  private readonly begun = Date.now();
  private sent = 0;

  /** @param total entries of the call */
  constructor(private readonly total: number) {}

  /** Of the Update that is to be sent next. */
  next(): number {
    const place = this.sent;
    this.sent += 1;
    if (this.total <= atOnce) return 0;
    const known = place > 2 * atOnce;
    const updateMs = known ? (Date.now() - this.begun) / place : usualUpdateMs;
    const left = this.total - place;
    return Math.min(Math.round(left * updateMs + place * scheduleMs), longestHoldMs);
  }
}

/** What the entries of a call share. */
interface Call {
  groups: ReadonlyMap<string, ResourceGroup>;
  pace: Pace;
  /** What does not answer: the entries that are left are not tried. */
  down: TablegateError | null;
}

const downCodes: readonly ErrorCode[] = [
  'workerUnavailable',
  'temporalUnavailable',
  'storeUnavailable',
];

/** A task on its way through the entries that are for it. */
interface Course {
  task: TaskView;
  /** The last answer of its workflow; null: nothing was changed. */
  changed: TaskProjection | null;
  /** What each entry has changed, for the audit. */
  edits: Changes[];
}

/**
 * Changes of many tasks in one call: each task for itself, its entries in their order. Tasks are read
 * once and written once for all; their Schedules follow the answer.
 */
export class TaskBatches implements TaskBatchService {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    private readonly ofScripts: TasksOfScripts,
  ) {}

  async update(
    caller: Caller,
    entries: readonly BatchEntry[],
    comment: string | null,
  ): Promise<BatchResult[]> {
    this.requireEdition();
    const { store } = this.deps;
    const { tenant } = caller;
    const [tasks, groups] = await Promise.all([
      store.tasks.byNumbers(tenant, [...new Set(entries.map(({ number }) => number))]),
      this.groupsOf(tenant, entries),
    ]);
    const closed = await this.ofScripts.closed(caller, tasks);
    const pace = new Pace(entries.length);
    const courses = new Map<string, { course: Course; places: number[] }>();
    const results = entries.map(({ number, environment }, place): BatchResult => {
      const task = chosen(tasks, number, environment);
      if (!task) return { error: taskOfNumberNotFound() };
      const refusal = closed.get(task.id);
      if (refusal) return { error: refusal };
      const known = courses.get(task.id) ?? {
        course: { task, changed: null, edits: [] },
        places: [],
      };
      courses.set(task.id, known);
      known.places.push(place);
      return { error: null };
    });
    const call: Call = { groups, pace, down: null };
    await eachInTurns([...courses.values()], atOnce, async ({ course, places }) => {
      for (const place of places) {
        const error = call.down ?? (await this.apply(caller, course, entries[place]!, call));
        if (error && downCodes.includes(error.code)) call.down = error;
        results[place] = { error };
      }
    });
    await this.keep(
      caller,
      [...courses.values()].map(({ course }) => course),
      comment,
    );
    return results;
  }

  private requireEdition(): void {
    const { edition } = this.deps.settings;
    if (editions.indexOf(edition) >= editions.indexOf(neededEdition)) return;
    throw new TablegateError(
      'editionTooLow',
      `This needs the ${neededEdition} edition or a higher one; the installation has the ` +
        `${edition} edition (TABLEGATE_EDITION).`,
    );
  }

  private async groupsOf(
    tenant: string,
    entries: readonly BatchEntry[],
  ): Promise<Map<string, ResourceGroup>> {
    const names = entries.flatMap(
      ({ change }) => change.fields.runtimeResource?.resourceGroup ?? [],
    );
    const found = await this.deps.store.resourceGroups.find(tenant, [...new Set(names)]);
    return new Map(found.map((group) => [group.name, group]));
  }

  /** @returns why the entry was not taken; null where it was */
  private async apply(
    caller: Caller,
    course: Course,
    entry: BatchEntry,
    call: Call,
  ): Promise<TablegateError | null> {
    for (let triesLeft = mostTries - 1; ; triesLeft -= 1) {
      try {
        await this.applyOnce(caller, course, entry, call);
        return null;
      } catch (error) {
        if (!isRefusal(error, 'staleVersion') || triesLeft === 0) return asRefusal(error);
      }
      try {
        course.task = await this.tasks.get(caller, course.task.id);
      } catch (error) {
        return asRefusal(error);
      }
    }
  }

  private async applyOnce(
    { tenant }: Caller,
    course: Course,
    { change }: BatchEntry,
    { groups, pace }: Call,
  ): Promise<void> {
    const before = course.task;
    refuseImported(before);
    const settled = settleChange(before, change);
    const sent = parseInput(taskPatchSchema, settled.patch, 'task');
    const resource = placeJob(groups, sent.runtimeResource);
    const patch = settledPatch(sent, before.timezone, resource);
    const { paused } = settled;
    const fields = [...Object.keys(patch), ...(paused === undefined ? [] : ['paused'])];
    if (fields.length > 0) {
      const { id: taskId, number, createdAt } = before;
      const definition = mergeDefinition(definitionOf(before), patch);
      await checkTimes(this.deps, { tenant, taskId, number, createdAt, definition }, patch);
      // Only what was made of the task as it was read must not meet another one.
      const isRelative = patch.recurrence !== undefined || patch.kind !== undefined;
      const ifVersion = isRelative ? before.version : null;
      const holdMs = pace.next();
      const edit = {
        ...{ patch, ifVersion, ...(paused !== undefined && { paused }) },
        ...(holdMs > 0 && { holdMs }),
      };
      const { gateway } = this.deps;
      const updateId = makeId();
      const { task } = await onceMore(() =>
        gateway.update(tenant, taskId, editUpdate, [edit], updateId),
      );
      course.task = task;
      course.changed = task;
    }
    const seen = fields as (keyof TaskView)[];
    course.edits.push(changesBetween<TaskView>(before, course.task, seen));
  }

  /** Writes what has become of the tasks, so that lists show it, and notes it in the audit. */
  private async keep(
    caller: Caller,
    courses: readonly Course[],
    comment: string | null,
  ): Promise<void> {
    const { store, jobTypes } = this.deps;
    const changed = courses.flatMap(({ changed: task }) => task ?? []);
    await store.tasks.projectAll(
      changed.map((task) => ({ task, lineage: lineageOf(jobTypes, task) })),
    );
    const notes = courses.flatMap(({ task, edits }) =>
      edits.map((changes) => ({
        action: 'task.edit',
        target: `task/${task.id}`,
        detail: { ...changes, ...(comment !== null && { comment }) },
      })),
    );
    await noteActions(store, caller, notes);
  }
}

/** Sends an Update again, with its id, where a worker has too much to do to answer it in time. */
async function onceMore<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  try {
    return await send();
  } catch (error) {
    if (!isRefusal(error, 'workerUnavailable')) throw error;
    return send();
  }
}

/** The task of this number; of twins the one of the environment, in production where none is named. */
export function chosen<Task extends Pick<TaskView, 'number' | 'environment'>>(
  tasks: readonly Task[],
  number: string,
  environment: 'Dev' | 'Prod' | null,
): Task | null {
  const twins = tasks.filter((task) => task.number === number);
  if (environment !== null) return twins.find((task) => task.environment === environment) ?? null;
  return twins.find((task) => task.environment === 'Prod') ?? twins[0] ?? null;
}

/** In the words that clients of DataWorks look for. */
export function taskOfNumberNotFound(): TablegateError {
  return new TablegateError('taskNotFound', 'The task does not exist.');
}

/** What was refused; all else ends the call. */
function asRefusal(error: unknown): TablegateError {
  if (!(error instanceof TablegateError)) throw error;
  return isRefusal(error, 'taskNotFound') || isRefusal(error, 'taskRemoved')
    ? taskOfNumberNotFound()
    : error;
}
