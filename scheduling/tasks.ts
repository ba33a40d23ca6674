import { pauseUpdate, resetGateUpdate, resumeUpdate } from '../model/messages';
import { isId } from '../model/names';
import { withNextRunTime } from '../model/next-run-time';
import type { CountedPage } from '../model/page';
import type { Caller } from '../model/people';
import type {
  DefinitionPatch,
  TaskDefinition,
  TaskInput,
  TaskPatch,
  TaskView,
} from '../model/task';
import { countGate, type TaskQuery, type TaskRow } from '../model/task-list';
import { newTaskState, projectTask, type TaskState } from '../model/task-state';
import { noteAction } from './audit';
import { newDefinition } from './definitions';
import type { SchedulingDeps } from './deps';
import { Drafts, idTaken } from './drafts';
import { readGateTime } from './gate-times';
import { taskIdOf } from './idempotency-keys';
import type { DraftView, PageRequest, TaskRead, TaskService, TriggerUrl } from './scheduling';
import { forgettingScript, settleNewScript } from './scripts/plain-scripts';
import { checkDefinition, ownOutputs, reserveOutputs } from './task-checks';
import { TaskEditing } from './task-editing';
import { isRefusal, taskNotFound } from './task-refusals';
import { TaskRemoval } from './task-removal';
import { TaskUpdates } from './task-updates';
import { checkTimes } from './time-checks';
import { listTriggerUrls, rotateTriggerUrl } from './trigger-urls';

/** A task that is to be made. */
export interface NewTask {
  taskId: string;
  number: string;
  definition: TaskDefinition;
  paused: boolean;
}

export class Tasks implements TaskService {
  private readonly drafts: Drafts;
  private readonly updates: TaskUpdates;
  private readonly editing: TaskEditing;
  private readonly removal: TaskRemoval;

  constructor(private readonly deps: SchedulingDeps) {
    this.drafts = new Drafts(deps);
    this.updates = new TaskUpdates(deps);
    this.editing = new TaskEditing(deps, this, this.updates);
    this.removal = new TaskRemoval(deps, this, this.updates, this.editing);
  }

  draft(caller: Caller, draft: { id?: string | undefined; tables: string[] }): Promise<DraftView> {
    return this.drafts.draft(caller, draft);
  }

  async create(caller: Caller, input: TaskInput, idempotencyKey: string | null): Promise<TaskRead> {
    const { store, secrets, settings } = this.deps;
    const { tenant } = caller;
    if (input.id !== undefined) this.drafts.expiryOf(tenant, input.id);
    const taskId = input.id ?? taskIdOf(secrets, caller, idempotencyKey);
    if (await store.tasks.exists(tenant, taskId)) return this.createdBefore(caller, taskId, input);
    const sent = newDefinition(input, settings.timezone);
    const definition = await settleNewScript(this.deps, caller, taskId, sent);
    const number = await store.tasks.nextNumber();
    const task = { taskId, number, definition, paused: false };
    const created = await forgettingScript(this.deps, caller, taskId, this.make(caller, task));
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
      const created = await this.make(caller, task);
      if (created) return created;
    }
    return this.editing.write(caller, await this.get(caller, taskId), own, null);
  }

  /** @returns null where the id is in use */
  private async make(caller: Caller, task: NewTask): Promise<TaskRead | null> {
    const { jobTypes } = this.deps;
    const { tenant, name: creator } = caller;
    const { taskId, definition } = task;
    const state = newTaskState({ tenant, creator, ...task }, new Date().toISOString());
    const { writes } = await checkDefinition(this.deps, tenant, task.number, definition);
    await checkTimes(this.deps, state, definition);
    await reserveOutputs(this.deps, tenant, taskId, ownOutputs(jobTypes, definition.job, writes));
    if (!(await this.startWorkflow(state))) return null;
    const made = await this.updates.settled(projectTask(state));
    await this.audit(caller, 'task.create', taskId, { name: definition.name });
    return made;
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
    await this.editing.keepOutputsOf(caller, taskId);
    if (input.id !== undefined) throw idTaken(taskId);
    return this.get(caller, taskId);
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
    await this.get(caller, taskId);
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
