import { removeUpdate } from '../model/messages';
import type { Caller } from '../model/people';
import { noteAction } from './audit';
import { tellDriver } from './backfills/driver';
import type { SchedulingDeps } from './deps';
import type { TaskRead, TaskService } from './scheduling';
import { refuseTaskOfScript, type TasksOfScripts } from './scripts/task-of-script';
import type { TaskEditing } from './task-editing';
import { isRefusal, refuseImported, refuseStale, taskInUse } from './task-refusals';
import type { TaskUpdates } from './task-updates';

/** How often an edit that another edit came between is made again. */
const detachTries = 3;

/** Removal of tasks, out of the reach of those that come after them. */
export class TaskRemoval {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    private readonly updates: TaskUpdates,
    private readonly parts: { editing: TaskEditing; ofScripts: TasksOfScripts },
  ) {}

  async remove(
    caller: Caller,
    taskId: string,
    ifVersion: number | null,
    detach: boolean,
  ): Promise<void> {
    const before = await this.tasks.get(caller, taskId);
    await this.parts.ofScripts.requireOpen(caller, [before]);
    refuseImported(before);
    refuseStale(before, ifVersion);
    refuseTaskOfScript(before);
    await this.send(caller, before, ifVersion, detach);
  }

  /** Removes a task by way of its script; one that is gone is as good as removed. */
  async removeOfScript(caller: Caller, taskId: string, detach: boolean): Promise<void> {
    try {
      await this.send(caller, await this.tasks.get(caller, taskId), null, detach);
    } catch (error) {
      if (!isRefusal(error, 'taskNotFound') && !isRefusal(error, 'taskRemoved')) throw error;
    }
  }

  private async send(
    caller: Caller,
    before: TaskRead,
    ifVersion: number | null,
    detach: boolean,
  ): Promise<void> {
    const { gateway, store } = this.deps;
    const { tenant, name: by } = caller;
    const { id: taskId } = before;
    if (detach) await this.detachAll(caller, await this.usersOf(tenant, taskId), taskId);
    else await this.refuseInUse(tenant, before);
    await this.updates.send(taskId, (updateId) =>
      gateway.update(tenant, taskId, removeUpdate, [{ by, ifVersion }], updateId),
    );
    await noteAction(store, caller, 'task.remove', `task/${taskId}`, { name: before.name });
  }

  /** @throws TablegateError taskInUse naming the tasks that come after this one */
  async refuseInUse(tenant: string, task: { id: string; name: string }): Promise<void> {
    const users = await this.usersOf(tenant, task.id);
    if (users.length > 0) throw taskInUse(task, users);
  }

  /** Live tasks that name this one in `dependsOn`. */
  private async usersOf(tenant: string, taskId: string): Promise<{ id: string; name: string }[]> {
    const after = await this.deps.store.tasks.downstreamOf(tenant, taskId, []);
    return after.filter(({ dependsOn }) => dependsOn.includes(taskId));
  }

  /** Nothing comes after the task any more: neither other tasks, nor what plans under way have of them. */
  private async detachAll(
    caller: Caller,
    users: readonly { id: string }[],
    taskId: string,
  ): Promise<void> {
    const { gateway, store } = this.deps;
    const { tenant } = caller;
    const ids = users.map(({ id }) => id);
    await this.parts.ofScripts.requireOpen(caller, await store.tasks.findAll(tenant, ids));
    for (const user of users) await this.detach(caller, user.id, taskId);
    for (const id of await store.backfills.detachTask(tenant, taskId)) {
      await tellDriver(gateway, tenant, id, false);
    }
  }

  /** Takes a task out of what another comes after, whoever edits that one at the same time. */
  private async detach(caller: Caller, taskId: string, upstream: string): Promise<void> {
    for (let triesLeft = detachTries; ; triesLeft -= 1) {
      try {
        const before = await this.tasks.get(caller, taskId);
        const dependsOn = before.dependsOn.filter((id) => id !== upstream);
        await this.parts.editing.send(caller, before, { dependsOn }, before.version);
        return;
      } catch (error) {
        // It is going itself.
        if (isRefusal(error, 'taskNotFound') || isRefusal(error, 'taskRemoved')) return;
        if (!isRefusal(error, 'staleVersion') || triesLeft === 0) throw error;
      }
    }
  }
}
