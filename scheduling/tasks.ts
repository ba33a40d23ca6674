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
  defaultRunPolicy,
  mergeDefinition,
  type DefinitionPatch,
  type TaskDefinition,
  type TaskInput,
  type TaskKind,
  type TaskPatch,
  type TaskView,
} from '../model/task';
import { newTaskState, projectTask, type TaskState } from '../model/task-state';
import { makeId } from '../store/secrets';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import { refuseNotYet, refuseScheduleTime } from './not-yet';
import type { DraftView, Page, PageRequest, TaskRead, TaskService, TriggerUrl } from './scheduling';
import { checkDefinition, lineageOf, reserveOutputs } from './task-checks';

/** How long a draft's id may be saved under. */
const draftLifetimeMs = 24 * 3600 * 1000;
/** Version of the first token of a table. */
const firstTokenVersion = 1;

export class Tasks implements TaskService {
  constructor(private readonly deps: SchedulingDeps) {}

  async draft(
    caller: Caller,
    draft: { id?: string | undefined; tables: string[] },
  ): Promise<DraftView> {
    const { secrets, store } = this.deps;
    const until = new Date(Date.now() + draftLifetimeMs);
    const id = draft.id ?? secrets.makeDraftId(caller.tenant, until);
    const expiresAt = this.draftExpiry(caller.tenant, id);
    if (await store.tasks.exists(caller.tenant, id)) throw idTaken(id);
    return {
      id,
      expiresAt: expiresAt.toISOString(),
      triggerUrls: draft.tables.map((table) => ({
        table,
        url: this.urlOf(secrets.triggerToken(caller.tenant, id, table, firstTokenVersion)),
      })),
    };
  }

  async create(caller: Caller, input: TaskInput, idempotencyKey: string | null): Promise<TaskRead> {
    refuseNotYet(input);
    const { store, secrets } = this.deps;
    const { tenant } = caller;
    if (input.id !== undefined) this.draftExpiry(tenant, input.id);
    const taskId =
      input.id ??
      (idempotencyKey === null
        ? makeId()
        : secrets.taskIdOfKey(tenant, caller.userId, dayKey(idempotencyKey)));
    if (await store.tasks.exists(tenant, taskId)) return this.createdBefore(caller, taskId, input);
    const number = await store.tasks.nextNumber();
    const definition = this.newDefinition(input);
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
    const { environment, ...definition } = this.newDefinition(input);
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
    const task = await this.get(caller, taskId);
    const { store, secrets } = this.deps;
    const order = task.tables.map((table) => table.name);
    const rows = (await store.tokens.list(caller.tenant, taskId)).sort(
      (one, other) => order.indexOf(one.table) - order.indexOf(other.table),
    );
    const items = rows.map(({ table, version, lastUsedAt, lastCaller }) => ({
      table,
      url: this.urlOf(secrets.triggerToken(caller.tenant, taskId, table, version)),
      lastUsedAt,
      lastCaller,
    }));
    return { items };
  }

  async rotate(caller: Caller, taskId: string, table: string): Promise<TriggerUrl> {
    await this.get(caller, taskId);
    const { store, secrets } = this.deps;
    const row = await store.tokens.rotate(caller.tenant, taskId, table);
    if (!row) {
      throw new TablegateError(
        'tableNotFound',
        `The table ${table} has no trigger URL in this task.`,
      );
    }
    await this.audit(caller, 'task.rotateTriggerUrl', taskId, { table });
    const token = secrets.triggerToken(caller.tenant, taskId, table, row.version);
    return { table, url: this.urlOf(token), lastUsedAt: null, lastCaller: null };
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

  private newDefinition(input: TaskInput): TaskDefinition {
    const { id: _id, recurrence: _r, dependsOn: _d, notifications: _n, ...sent } = input;
    return {
      ...sent,
      description: sent.description ?? '',
      owner: sent.owner ?? null,
      tags: sent.tags ?? [],
      whileRunning: sent.whileRunning ?? 'ignore',
      timezone: sent.timezone ?? this.deps.settings.timezone,
      runPolicy: mergeDefinition({ runPolicy: defaultRunPolicy } as TaskDefinition, {
        runPolicy: settledPolicy(sent.runPolicy),
      }).runPolicy,
    };
  }

  private draftExpiry(tenant: string, id: string): Date {
    const expiry = isId(id) ? this.deps.secrets.draftExpiry(tenant, id) : null;
    if (expiry === null || expiry.getTime() <= Date.now()) {
      const message =
        expiry === null
          ? 'it was not given out by POST /tasks:draft; ask for a draft, or leave it out'
          : 'it has expired; a draft lasts a day, ask for a new one';
      throw new TablegateError('draftExpired', `The id is not valid: ${message}.`, {
        fields: [{ path: 'id', message }],
      });
    }
    return expiry;
  }

  private urlOf(token: string): string {
    return `${this.deps.settings.publicUrl}/trigger/${token}`;
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

/** The definition inside what is shown of a task. */
function definitionOf(task: TaskView): TaskDefinition {
  const { name, description, owner, tags, environment, kind, tables } = task;
  const { whileRunning, timezone, job, runPolicy } = task;
  return {
    ...{ name, description, owner, tags, environment, kind, tables },
    ...{ whileRunning, timezone, job, runPolicy },
  };
}

/** An edit without the fields that are not settled here. */
function settledPatch(patch: TaskPatch): DefinitionPatch {
  const { recurrence: _r, dependsOn: _d, notifications: _n, runPolicy, ...fields } = patch;
  return { ...fields, ...(runPolicy && { runPolicy: settledPolicy(runPolicy) }) };
}

/** The fields of a run policy that were sent. */
function settledPolicy(policy: TaskPatch['runPolicy']): NonNullable<DefinitionPatch['runPolicy']> {
  return Object.fromEntries(
    Object.entries(policy ?? {}).filter(([, value]) => value !== undefined),
  );
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

function idTaken(taskId: string): TablegateError {
  const message = `the id ${taskId} has been used; ask for a new draft`;
  return new TablegateError('idTaken', `T${message.slice(1)}.`, {
    fields: [{ path: 'id', message }],
  });
}

function staleVersion(task: TaskView, ifVersion: number): TablegateError {
  return new TablegateError(
    'staleVersion',
    `The task is at version ${task.version}, the edit was made on ${ifVersion}; read it again.`,
  );
}
