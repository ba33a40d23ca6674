import { TablegateError } from '../model/errors';
import { editUpdate } from '../model/messages';
import type { Caller } from '../model/people';
import {
  mergeDefinition,
  type DefinitionPatch,
  type TaskInput,
  type TaskPatch,
} from '../model/task';
import { noteAction } from './audit';
import { definitionOf, newDefinition, settledPatch } from './definitions';
import { settleEditedCollection } from './collection-author';
import type { SchedulingDeps } from './deps';
import type { TaskRead, TaskService } from './scheduling';
import { waitUntilProjected } from './settle';
import { settleEditedScript } from './scripts/plain-scripts';
import { checkDefinition, lineageOf, ownOutputs, reserveOutputs } from './task-checks';
import { isRefusal, refuseStale } from './task-refusals';
import type { TaskUpdates } from './task-updates';
import { checkTimes } from './time-checks';

/** Edits of saved tasks. */
export class TaskEditing {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    private readonly updates: TaskUpdates,
  ) {}

  async edit(
    caller: Caller,
    taskId: string,
    patch: TaskPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    const before = await this.tasks.get(caller, taskId);
    return this.change(caller, before, settledPatch(patch, before.timezone), ifVersion);
  }

  async replace(
    caller: Caller,
    taskId: string,
    input: TaskInput,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    const { environment, ...definition } = newDefinition(input, this.deps.settings.timezone);
    const before = await this.tasks.get(caller, taskId);
    if (environment !== before.environment) {
      const message = `the environment of a task cannot be changed; it is ${before.environment}`;
      throw new TablegateError('invalidInput', `The ${message.slice(4)}.`, {
        fields: [{ path: 'environment', message }],
      });
    }
    return this.change(caller, before, definition, ifVersion);
  }

  private async change(
    caller: Caller,
    before: TaskRead,
    sent: DefinitionPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    refuseStale(before, ifVersion);
    const { tenant } = caller;
    const { id: taskId, number, createdAt } = before;
    const scripted = await settleEditedScript(this.deps, caller, before, sent);
    const patch = await settleEditedCollection(this.deps, caller, before, scripted);
    const after = mergeDefinition(definitionOf(before), patch);
    const changesOutputs = patch.job !== undefined || patch.tables !== undefined;
    const { writes } = changesOutputs
      ? await checkDefinition(this.deps, tenant, number, after)
      : { writes: [] };
    await checkTimes(this.deps, { tenant, taskId, number, createdAt, definition: after }, patch);
    if (!changesOutputs) return this.send(caller, before, patch, ifVersion);

    const held = this.outputsOf(before);
    const wanted = ownOutputs(this.deps.jobTypes, after.job, writes);
    await reserveOutputs(this.deps, tenant, taskId, [...new Set([...held, ...wanted])]);
    try {
      return await this.send(caller, before, patch, ifVersion);
    } finally {
      await this.keepOutputsOf(caller, taskId);
    }
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
    const { gateway, store } = this.deps;
    const { tenant } = caller;
    const { id } = before;
    const task = await this.updates.send(id, (updateId) =>
      gateway.update(tenant, id, editUpdate, [{ patch, ifVersion }], updateId),
    );
    const losesSchedule = before.kind === 'recurring' && task.kind !== 'recurring';
    if (losesSchedule) await waitUntilProjected(gateway, tenant, id);
    await noteAction(store, caller, 'task.edit', `task/${id}`, { fields: Object.keys(patch) });
    return task;
  }
}

function nullWhereRemoved(error: unknown): null {
  if (isRefusal(error, 'taskNotFound')) return null;
  throw error;
}
