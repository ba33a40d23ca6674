import { TablegateError } from '../model/errors';
import {
  editUpdate,
  pauseUpdate,
  removeUpdate,
  resetGateUpdate,
  resumeUpdate,
  type TaskAnswer,
} from '../model/messages';
import { isId } from '../model/names';
import type { Caller } from '../model/people';
import {
  mergeDefinition,
  type DefinitionPatch,
  type TaskInput,
  type TaskKind,
  type TaskPatch,
  type TaskView,
} from '../model/task';
import { newTaskState, projectTask, type TaskState } from '../model/task-state';
import { makeId } from '../store/secrets';
import { noteAction } from './audit';
import { definitionOf, newDefinition, settledPatch } from './definitions';
import type { SchedulingDeps } from './deps';
import { Drafts, idTaken } from './drafts';
import { refuseNotYet, refuseScheduleTime } from './not-yet';
import type { DraftView, Page, PageRequest, TaskRead, TaskService, TriggerUrl } from './scheduling';
import { checkDefinition, lineageOf, reserveOutputs } from './task-checks';
import { listTriggerUrls, rotateTriggerUrl } from './trigger-urls';

export class Tasks implements TaskService {
  private readonly drafts: Drafts;

  constructor(private readonly deps: SchedulingDeps) {
    this.drafts = new Drafts(deps);
  }

  draft(
    caller: Caller,
    draft: { id?: string | undefined; tables: string[] },
  ): Promise<DraftView> {
    return this.drafts.draft(caller, draft);
  }

  async create(caller: Caller, input: TaskInput, idempotencyKey: string | null): Promise<TaskRead> {
    refuseNotYet(input);
    const { store, secrets } = this.deps;
    const { tenant } = caller;
    if (input.id !== undefined) this.drafts.expiryOf(tenant, input.id);
    const taskId =
      input.id ??
      (idempotencyKey === null
        ? makeId()
        : secrets.taskIdOfKey(tenant, caller.userId, dayKey(idempotencyKey)));
    if (await store.tasks.exists(tenant, taskId)) return this.createdBefore(caller, taskId, input);
    const number = await store.tasks.nextNumber();
    const definition = newDefinition(input, this.deps.settings.timezone);
    const { writes } = await checkDefinition(this.deps, tenant, number, definition);
    await reserveOutputs(this.deps, tenant, taskId, writes);
    const state = newTaskState(
      { tenant, taskId, number, creator: caller.name, definition, paused: false },
      new Date().toISOString(),
    );
    return this.start(caller, state, input);
  }

  private async start(caller: Caller, state: TaskState, input: TaskInput): Promise<TaskRead> {
    const { store } = this.deps;
    if (!(await this.startWorkflow(state))) return this.createdBefore(caller, state.taskId, input);
    const projection = projectTask(state);
    await store.tasks.project({ task: projection, ledger: [], runs: [] });
    await this.audit(caller, 'task.create', state.taskId, { name: state.definition.name });
    return this.shown(projection);
  }

  /** A task that was not started holds no output. */
  private async startWorkflow(state: TaskState): Promise<boolean> {
    const { store, gateway } = this.deps;
    try {
      return await gateway.startTask(state);
    } catch (error) {
      await store.tasks.reserveOutputs(state.tenant, state.taskId, []);
      throw error;
    }
  }

  /** The id is in use: by the same request, sent again, or by another. */
  private async createdBefore(caller: Caller, taskId: string, input: TaskInput): Promise<TaskRead> {
    await this.keepOutputsOf(caller, taskId);
    if (input.id !== undefined) throw idTaken(taskId);
    return this.get(caller, taskId);
  }

  async get(caller: Caller, taskId: string): Promise<TaskRead> {
    const { store, gateway } = this.deps;
    refuseBadId(taskId);
    try {
      const { task, removed } = await gateway.describe(caller.tenant, taskId);
      if (removed) throw notFound(taskId);
      return task;
    } catch (error) {
      if (error instanceof TablegateError && error.code === 'taskNotFound') throw notFound(taskId);
      this.deps.log.debug({ err: error, taskId }, 'the task did not answer; the store does');
      const stored = await store.tasks.find(caller.tenant, taskId);
      if (!stored) throw notFound(taskId);
      return { ...stored, stale: true };
    }
  }

  list(
    caller: Caller,
    filter: { search: string | null; kind: TaskKind | null },
    page: PageRequest,
  ): Promise<Page<TaskView>> {
    return this.deps.store.tasks.list(caller.tenant, filter, page);
  }

  async edit(
    caller: Caller,
    taskId: string,
    patch: TaskPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    refuseNotYet(patch);
    return this.change(caller, taskId, settledPatch(patch), ifVersion);
  }

  async replace(
    caller: Caller,
    taskId: string,
    input: TaskInput,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    refuseNotYet(input);
    const { environment, ...definition } = newDefinition(input, this.deps.settings.timezone);
    const before = await this.get(caller, taskId);
    if (environment !== before.environment) {
      const message = `the environment of a task cannot be changed; it is ${before.environment}`;
      throw new TablegateError('invalidInput', `The ${message.slice(4)}.`, {
        fields: [{ path: 'environment', message }],
      });
    }
    return this.change(caller, taskId, definition, ifVersion);
  }

  private async change(
    caller: Caller,
    taskId: string,
    patch: DefinitionPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    const before = await this.get(caller, taskId);
    if (ifVersion !== null && ifVersion !== before.version) throw staleVersion(before, ifVersion);
    const changesOutputs = patch.job !== undefined || patch.tables !== undefined;
    if (!changesOutputs) return this.sendEdit(caller, taskId, patch, ifVersion);

    const { tenant } = caller;
    const after = mergeDefinition(definitionOf(before), patch);
    const { writes } = await checkDefinition(this.deps, tenant, before.number, after);
    const held = lineageOf(this.deps.jobTypes, before).writes;
    await reserveOutputs(this.deps, tenant, taskId, [...new Set([...held, ...writes])]);
    try {
      return await this.sendEdit(caller, taskId, patch, ifVersion);
    } finally {
      await this.keepOutputsOf(caller, taskId);
    }
  }

  /** Reserves what the task writes now, whatever became of an edit, or of two at once. */
  private async keepOutputsOf(caller: Caller, taskId: string): Promise<void> {
    const task = await this.get(caller, taskId).catch(nullWhereRemoved);
    const writes = task === null ? [] : lineageOf(this.deps.jobTypes, task).writes;
    await reserveOutputs(this.deps, caller.tenant, taskId, writes);
  }

  private async sendEdit(
    caller: Caller,
    taskId: string,
    patch: DefinitionPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    const task = await this.update(taskId, (updateId) =>
      this.deps.gateway.update(caller.tenant, taskId, editUpdate, [{ patch, ifVersion }], updateId),
    );
    await this.audit(caller, 'task.edit', taskId, { fields: Object.keys(patch) });
    return task;
  }

  async remove(caller: Caller, taskId: string, ifVersion: number | null): Promise<void> {
    const { gateway } = this.deps;
    const before = await this.get(caller, taskId);
    await this.update(taskId, (updateId) =>
      gateway.update(
        caller.tenant,
        taskId,
        removeUpdate,
        [{ by: caller.name, ifVersion }],
        updateId,
      ),
    );
    await this.audit(caller, 'task.remove', taskId, { name: before.name });
  }

  async pause(caller: Caller, taskId: string): Promise<TaskRead> {
    const task = await this.update(taskId, (updateId) =>
      this.deps.gateway.update(caller.tenant, taskId, pauseUpdate, [], updateId),
    );
    await this.audit(caller, 'task.pause', taskId, {});
    return task;
  }

  async resume(caller: Caller, taskId: string): Promise<TaskRead> {
    const task = await this.update(taskId, (updateId) =>
      this.deps.gateway.update(caller.tenant, taskId, resumeUpdate, [], updateId),
    );
    await this.audit(caller, 'task.resume', taskId, {});
    return task;
  }

  async resetGate(caller: Caller, taskId: string, scheduleTime: string | null): Promise<TaskRead> {
    refuseScheduleTime(scheduleTime);
    const task = await this.update(taskId, (updateId) =>
      this.deps.gateway.update(
        caller.tenant,
        taskId,
        resetGateUpdate,
        [{ scheduleTime }],
        updateId,
      ),
    );
    await this.audit(caller, 'task.resetGate', taskId, {});
    return task;
  }

  async triggerUrls(caller: Caller, taskId: string): Promise<{ items: TriggerUrl[] }> {
    return listTriggerUrls(this.deps, caller, await this.get(caller, taskId));
  }

  async rotate(caller: Caller, taskId: string, table: string): Promise<TriggerUrl> {
    await this.get(caller, taskId);
    return rotateTriggerUrl(this.deps, caller, taskId, table);
  }

  /** Sends an Update; its answer is in the store before the caller hears of it. */
  private async update(
    taskId: string,
    send: (updateId: string) => Promise<TaskAnswer>,
  ): Promise<TaskRead> {
    refuseBadId(taskId);
    const { task } = await send(makeId());
    await this.deps.store.tasks.project({ task, ledger: [], runs: [] });
    return this.shown(task);
  }

  private shown({
    tenant: _tenant,
    revision: _revision,
    removedAt: _removedAt,
    ...task
  }: TaskAnswer['task']): TaskRead {
    return task;
  }

  private audit(
    caller: Caller,
    action: string,
    taskId: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return noteAction(this.deps.store, caller, action, `task/${taskId}`, detail);
  }
}

/** An Idempotency-Key counts for a day; the same one on a later day stands for another task. */
function dayKey(key: string): string {
  return `${new Date().toISOString().slice(0, 10)}/${key}`;
}

function refuseBadId(taskId: string): void {
  if (!isId(taskId)) throw notFound(taskId);
}

function notFound(taskId: string): TablegateError {
  return new TablegateError('taskNotFound', `There is no task ${taskId}.`);
}

function nullWhereRemoved(error: unknown): null {
  if (error instanceof TablegateError && error.code === 'taskNotFound') return null;
  throw error;
}

function staleVersion(task: TaskView, ifVersion: number): TablegateError {
  return new TablegateError(
    'staleVersion',
    `The task is at version ${task.version}, the edit was made on ${ifVersion}; read it again.`,
  );
}
