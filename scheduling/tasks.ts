import { pauseUpdate, resetGateUpdate, resumeUpdate } from '../model/messages';
import { isId } from '../model/names';
import { withNextRunTime } from '../model/next-run-time';
import type { CountedPage } from '../model/page';
import type { Caller } from '../model/people';
import type { DefinitionPatch, TaskInput, TaskPatch, TaskView } from '../model/task';
import type { ImportRequest, ImportResult } from '../model/task-import';
import { countGate, type TaskName, type TaskQuery, type TaskRow } from '../model/task-list';
import { noteAction } from './audit';
import { newDefinition } from './definitions';
import type { SchedulingDeps } from './deps';
import { Drafts, idTaken } from './drafts';
import { readGateTime } from './gate-times';
import { taskIdOf } from './idempotency-keys';
import { settledResource } from './resource-groups';
import type { DraftView, PageRequest, TaskRead, TaskService, TriggerUrl } from './scheduling';
import type { TasksOfScripts } from './scripts/task-of-script';
import { TaskCreation, type SettledTask } from './task-creation';
import { TaskEditing } from './task-editing';
import { TaskImports } from './task-imports';
import { isRefusal, taskNotFound } from './task-refusals';
import { TaskRemoval } from './task-removal';
import { TaskUpdates } from './task-updates';
import { listTriggerUrls, rotateTriggerUrl } from './trigger-urls';

/** A task of a script that is to be made. */
export type NewTask = Omit<SettledTask, 'creator'>;

export class Tasks implements TaskService {
  private readonly drafts: Drafts;
  private readonly updates: TaskUpdates;
  private readonly creation: TaskCreation;
  private readonly editing: TaskEditing;
  private readonly removal: TaskRemoval;
  private readonly imports: TaskImports;

  constructor(
    private readonly deps: SchedulingDeps,
    private readonly ofScripts: TasksOfScripts,
  ) {
    this.drafts = new Drafts(deps);
    this.updates = new TaskUpdates(deps);
    this.creation = new TaskCreation(deps, this.updates);
    this.editing = new TaskEditing(deps, this, this.updates, ofScripts);
    const { editing } = this;
    this.removal = new TaskRemoval(deps, this, this.updates, { editing, ofScripts });
    const parts = { creation: this.creation, editing, removal: this.removal };
    this.imports = new TaskImports(deps, { ...parts, updates: this.updates });
  }

  draft(caller: Caller, draft: { id?: string | undefined; tables: string[] }): Promise<DraftView> {
    return this.drafts.draft(caller, draft);
  }

  async create(
    caller: Caller,
    input: TaskInput,
    idempotencyKey: string | null,
    { paused = false, start = false }: { paused?: boolean; start?: boolean } = {},
  ): Promise<TaskRead> {
    const { store, secrets, settings } = this.deps;
    const { tenant } = caller;
    if (input.id !== undefined) this.drafts.expiryOf(tenant, input.id);
    const taskId = input.id ?? taskIdOf(secrets, caller, idempotencyKey);
    if (await store.tasks.exists(tenant, taskId)) return this.createdBefore(caller, taskId, input);
    const resource = await settledResource(store, tenant, input.runtimeResource);
    const definition = newDefinition(input, settings.timezone, resource);
    const task = { taskId, creator: caller.name, definition, paused, start };
    const created = await this.creation.create(caller, task);
    return created ?? this.createdBefore(caller, taskId, input);
  }

  /**
   * Makes a task of a script, or brings it up to date: of a task that there is, what the script says
   * nothing of stays.
   * @param task.number shared by the tasks of one script
   */
  async put(caller: Caller, task: NewTask, own: DefinitionPatch): Promise<TaskRead> {
    const { taskId } = task;
    if (!(await this.deps.store.tasks.exists(caller.tenant, taskId))) {
      const created = await this.creation.make(caller, { ...task, creator: caller.name });
      if (created) return created;
    }
    return this.editing.write(caller, await this.get(caller, taskId), own, null);
  }

  /** The id is in use: by the same request, sent again, or by another. */
  private async createdBefore(caller: Caller, taskId: string, input: TaskInput): Promise<TaskRead> {
    await this.editing.keepOutputsOf(caller, taskId);
    if (input.id !== undefined) throw idTaken(taskId);
    return this.get(caller, taskId);
  }

  importTasks(caller: Caller, request: ImportRequest): Promise<ImportResult> {
    return this.imports.run(caller, request);
  }

  async get(caller: Caller, taskId: string): Promise<TaskRead> {
    const { store, gateway } = this.deps;
    if (!isId(taskId)) throw taskNotFound(taskId);
    try {
      const { task, removed } = await gateway.describe(caller.tenant, taskId);
      if (removed) throw taskNotFound(taskId);
      return withNextRunTime(task);
    } catch (error) {
      if (isRefusal(error, 'taskNotFound')) throw taskNotFound(taskId);
      this.deps.log.debug({ err: error, taskId }, 'the task did not answer; the store does');
      const stored = await store.tasks.find(caller.tenant, taskId);
      if (!stored) throw taskNotFound(taskId);
      return { ...withNextRunTime(stored), stale: true };
    }
  }

  async list(
    { tenant }: Caller,
    query: TaskQuery,
    page: PageRequest,
  ): Promise<CountedPage<TaskRow>> {
    const { items, ...rest } = await this.deps.store.tasks.list(tenant, query, page);
    return { ...rest, items: await this.rowsOf(tenant, items) };
  }

  async named({ tenant }: Caller, taskIds: readonly string[]): Promise<{ items: TaskName[] }> {
    return { items: await this.deps.store.tasks.named(tenant, taskIds) };
  }

  /** Tasks as lists show them, with what their live runs are doing. */
  async rowsOf(tenant: string, tasks: readonly TaskView[]): Promise<TaskRow[]> {
    const live = tasks.flatMap(({ latestRun }) => latestRun?.id ?? []);
    const doings = await this.deps.store.runs.doings(tenant, live);
    const nothing = { startedAt: null, progress: null };
    return tasks.map(({ latestRun, ...task }) => ({
      ...withNextRunTime({ ...task, latestRun }),
      gateCounts: countGate(task.gate),
      latestRun: latestRun && { ...latestRun, ...(doings.get(latestRun.id) ?? nothing) },
    }));
  }

  edit(
    caller: Caller,
    taskId: string,
    patch: TaskPatch,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    return this.editing.edit(caller, taskId, patch, ifVersion);
  }

  replace(
    caller: Caller,
    taskId: string,
    input: TaskInput,
    ifVersion: number | null,
  ): Promise<TaskRead> {
    return this.editing.replace(caller, taskId, input, ifVersion);
  }

  remove(caller: Caller, taskId: string, ifVersion: number | null, detach: boolean): Promise<void> {
    return this.removal.remove(caller, taskId, ifVersion, detach);
  }

  /** Removes a task of a script; one that is gone is as good as removed. */
  removeOfScript(caller: Caller, taskId: string, detach: boolean): Promise<void> {
    return this.removal.removeOfScript(caller, taskId, detach);
  }

  async pause(caller: Caller, taskId: string): Promise<TaskRead> {
    const task = await this.updates.send(taskId, (updateId) =>
      this.deps.gateway.update(caller.tenant, taskId, pauseUpdate, [], updateId),
    );
    await this.audit(caller, 'task.pause', taskId, {});
    return task;
  }

  async resume(caller: Caller, taskId: string): Promise<TaskRead> {
    const task = await this.updates.send(taskId, (updateId) =>
      this.deps.gateway.update(caller.tenant, taskId, resumeUpdate, [], updateId),
    );
    await this.audit(caller, 'task.resume', taskId, {});
    return task;
  }

  async resetGate(caller: Caller, taskId: string, named: string | null): Promise<TaskRead> {
    const { gateway } = this.deps;
    const gate = {
      scheduleTime:
        named === null ? null : readGateTime(named, (await this.get(caller, taskId)).timezone),
    };
    const task = await this.updates.send(taskId, (updateId) =>
      gateway.update(caller.tenant, taskId, resetGateUpdate, [gate], updateId),
    );
    await this.audit(caller, 'task.resetGate', taskId, gate);
    return task;
  }

  async triggerUrls(caller: Caller, taskId: string): Promise<{ items: TriggerUrl[] }> {
    return listTriggerUrls(this.deps, caller, await this.get(caller, taskId));
  }

  async rotate(caller: Caller, taskId: string, table: string): Promise<TriggerUrl> {
    await this.ofScripts.requireOpen(caller, [await this.get(caller, taskId)]);
    return rotateTriggerUrl(this.deps, caller, taskId, table);
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
