import { editions, type Edition } from '../config';
import { whyOnlyImport } from '../model/imported';
import { TablegateError } from '../model/errors';
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
import { lineageOf } from './task-checks';
import { isRefusal } from './task-refusals';
import { checkTimes } from './time-checks';

/** Updates on their way at the same time: enough to keep Temporal busy, not so many that they wait. */
const atOnce = 32;
/** How often a change is made again that another one came between. */
const mostTries = 4;
/** The least edition in which batches are taken. */
const neededEdition: Edition = 'Basic';

/** About how long the Updates of a call take, each, and how far apart Schedules are changed then. */
const updateMs = 8;
const scheduleMs = 12;

/** @param place of the task among those of the call */
function holdFor(entries: number, place: number): number {
  return entries <= atOnce ? 0 : entries * updateMs + place * scheduleMs;
}

/** A task on its way through the entries that are for it. */
interface Course {
  task: TaskView;
  /** The last answer of its workflow; null: nothing was changed. */
  changed: TaskProjection | null;
  /**
   * In ms: before that the Schedule stays as it is, as it would slow the Updates of the others; each
   * has its moment.
   */
  schedulesAt: number;
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
    const begun = Date.now();
    const courses = new Map<string, { course: Course; places: number[] }>();
    const results = entries.map(({ number, environment }, place): BatchResult => {
      const task = chosen(tasks, number, environment);
      if (!task) return { error: taskOfNumberNotFound() };
      const known = courses.get(task.id) ?? {
        course: {
          ...{ task, changed: null, edits: [] },
          schedulesAt: begun + holdFor(entries.length, courses.size),
        },
        places: [],
      };
      courses.set(task.id, known);
      known.places.push(place);
      return { error: null };
    });
    await eachInTurns([...courses.values()], atOnce, async ({ course, places }) => {
      for (const place of places) {
        const error = await this.apply(caller, course, entries[place]!, groups);
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
    groups: ReadonlyMap<string, ResourceGroup>,
  ): Promise<TablegateError | null> {
    for (let triesLeft = mostTries - 1; ; triesLeft -= 1) {
      try {
        await this.applyOnce(caller, course, entry, groups);
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
    groups: ReadonlyMap<string, ResourceGroup>,
  ): Promise<void> {
    const before = course.task;
    if (before.imported) throw new TablegateError('taskImported', whyOnlyImport(before.imported));
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
      const holdMs = course.schedulesAt - Date.now();
      const edit = {
        ...{ patch, ifVersion, ...(paused !== undefined && { paused }) },
        ...(holdMs > 0 && { holdMs }),
      };
      const { gateway } = this.deps;
      const { task } = await gateway.update(tenant, taskId, editUpdate, [edit], makeId());
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
