import { TablegateError } from '../model/errors';
import { editUpdate, type TaskAnswer } from '../model/messages';
import type { Caller } from '../model/people';
import type { RuntimeResource } from '../model/resource-group';
import {
  mergeDefinition,
  type DefinitionPatch,
  type TaskInput,
  type TaskPatch,
} from '../model/task';
import { noteAction } from './audit';
import { changesBetween } from './changes';
import { definitionOf, newDefinition, settledPatch } from './definitions';
import { settleEditedCollection } from './collection-author';
import type { SchedulingDeps } from './deps';
import { settledResource } from './resource-groups';
import type { TaskRead, TaskService } from './scheduling';
import { waitUntilProjected } from './settle';
import { settleEditedScript } from './scripts/plain-scripts';
import type { TasksOfScripts } from './scripts/task-of-script';
import { checkDefinition, lineageOf, ownOutputs, reserveOutputs } from './task-checks';
import { isRefusal, refuseImported, refuseStale } from './task-refusals';
import type { TaskUpdates, UpdateOptions } from './task-updates';
import { checkTimes } from './time-checks';

/** Edits of saved tasks. */
export class TaskEditing {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    private readonly updates: TaskUpdates,
    private readonly ofScripts: TasksOfScripts,
  ) {}

  async edit(
    caller: Caller,
    taskId: string,
    patch: TaskPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    const before = await this.open(caller, taskId);
    const resource = await this.resourceOf(caller, patch);
    return this.change(caller, before, settledPatch(patch, before.timezone, resource), ifVersion);
  }

  async replace(
    caller: Caller,
    taskId: string,
    input: TaskInput,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    const before = await this.open(caller, taskId);
    const { environment, ...definition } = newDefinition(
      input,
      this.deps.settings.timezone,
      await this.resourceOf(caller, input),
    );
    if (environment !== before.environment) {
      const message = `the environment of a task cannot be changed; it is ${before.environment}`;
      throw new TablegateError('invalidInput', `The ${message.slice(4)}.`, {
        fields: [{ path: 'environment', message }],
      });
    }
    return this.change(caller, before, definition, ifVersion);
  }

  /** The task as it is, for whoever may change it. */
  private async open(caller: Caller, taskId: string): Promise<TaskRead> {
    const task = await this.tasks.get(caller, taskId);
    await this.ofScripts.requireOpen(caller, [task]);
    return task;
  }

  private resourceOf(
    { tenant }: Caller,
    { runtimeResource }: TaskPatch,
  ): Promise<Partial<RuntimeResource> | undefined> {
    return settledResource(this.deps.store, tenant, runtimeResource);
  }

  private async change(
    caller: Caller,
    before: TaskRead,
    sent: DefinitionPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    refuseImported(before);
    refuseStale(before, ifVersion);
    return this.checked(caller, before, sent, (patch) =>
      this.send(caller, before, patch, ifVersion),
    );
  }

  /**
   * Checks changes of a task, and hands them on, settled, while what it writes, before and after them,
   * is reserved.
   */
  async checked(
    caller: Caller,
    before: TaskRead,
    sent: DefinitionPatch,
    send: (patch: DefinitionPatch) => Promise<TaskRead>,
  ): Promise<TaskRead> {
    const scripted = await settleEditedScript(this.deps, caller, before, sent);
    const patch = await settleEditedCollection(this.deps, caller, before, scripted);
    return this.reserved(caller, before, patch, send);
  }

  /** Checks and sends changes whose job is as it is to be kept. */
  write(
    caller: Caller,
    before: TaskRead,
    settled: DefinitionPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    return this.reserved(caller, before, settled, (patch) =>
      this.send(caller, before, patch, ifVersion),
    );
  }

  private async reserved(
    caller: Caller,
    before: TaskRead,
    patch: DefinitionPatch,
    send: (patch: DefinitionPatch) => Promise<TaskRead>,
  ): Promise<TaskRead> {
    const { tenant } = caller;
    const { id: taskId } = before;
    const wanted = await this.check(tenant, before, patch);
    if (wanted === null) return send(patch);

    const held = this.outputsOf(before);
    await reserveOutputs(this.deps, tenant, taskId, [...new Set([...held, ...wanted])]);
    try {
      return await send(patch);
    } finally {
      await this.keepOutputsOf(caller, taskId);
    }
  }

  /** @returns the tables that only this task may write; null where the changes do not touch them */
  async check(tenant: string, before: TaskRead, patch: DefinitionPatch): Promise<string[] | null> {
    const { id: taskId, number, createdAt } = before;
    const definition = mergeDefinition(definitionOf(before), patch);
    const changesOutputs = patch.job !== undefined || patch.tables !== undefined;
    const lineage = changesOutputs
      ? await checkDefinition(this.deps, tenant, number, definition)
      : null;
    await checkTimes(this.deps, { tenant, taskId, number, createdAt, definition }, patch);
    return lineage && ownOutputs(this.deps.jobTypes, definition.job, lineage.writes);
  }

  /** Reserves what the task writes now, whatever became of an edit, or of two at once. */
  async keepOutputsOf(caller: Caller, taskId: string): Promise<void> {
    const task = await this.tasks.get(caller, taskId).catch(nullWhereRemoved);
    const outputs = task === null ? [] : this.outputsOf(task);
    await reserveOutputs(this.deps, caller.tenant, taskId, outputs);
  }

  private outputsOf(task: TaskRead): string[] {
    const { jobTypes } = this.deps;
    return ownOutputs(jobTypes, task.job, lineageOf(jobTypes, task).writes);
  }

  /** Sends changes that have been checked. */
  async send(
    caller: Caller,
    before: TaskRead,
    patch: DefinitionPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    const { tenant } = caller;
    return this.take(caller, before, patch, (updateId) =>
      this.deps.gateway.update(tenant, before.id, editUpdate, [{ patch, ifVersion }], updateId),
    );
  }

  /**
   * Has an Update change a task, and notes in the audit what has become of the fields that were sent.
   * @param update sends it under the id that it is given
   */
  async take(
    caller: Caller,
    before: TaskRead,
    sent: object,
    update: (updateId: string) => Promise<TaskAnswer>,
    options: UpdateOptions = {},
  ): Promise<TaskRead> {
    const { gateway, store } = this.deps;
    const { id } = before;
    const task = await this.updates.send(id, update, options);
    const losesSchedule = before.kind === 'recurring' && task.kind !== 'recurring';
    if (losesSchedule && !options.scheduleFollows)
      await waitUntilProjected(gateway, caller.tenant, id);
    const fields = Object.keys(sent) as (keyof TaskRead)[];
    const changes = changesBetween(before, task, fields);
    await noteAction(store, caller, 'task.edit', `task/${id}`, { ...changes });
    return task;
  }
}

function nullWhereRemoved(error: unknown): null {
  if (isRefusal(error, 'taskNotFound')) return null;
  throw error;
}
