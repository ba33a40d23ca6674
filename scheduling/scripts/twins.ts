/** The tasks of a script: one in development, run by hand, and one in production. */
import type { Caller } from '../../model/people';
import type { Environment } from '../../model/script-object';
import { makeId } from '../../store/secrets';
import type { StoredScript } from '../../store/store';
import type { SchedulingDeps } from '../deps';
import type { TaskRead } from '../scheduling';
import { isRefusal } from '../task-refusals';
import type { Tasks } from '../tasks';
import { scriptNotFound } from './access';
import { ownFields, scriptDefinition, type TwinVersion } from './definition';

/** Makes and removes the tasks of scripts. */
export class Twins {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store' | 'settings'>,
    private readonly tasks: Tasks,
  ) {}

  /** Makes the task of an environment, or brings it up to date. Safe to repeat. */
  async put(
    caller: Caller,
    script: StoredScript,
    environment: Environment,
    twin: TwinVersion,
  ): Promise<TaskRead> {
    try {
      return await this.tryPut(caller, script, environment, twin);
    } catch (error) {
      if (!isRefusal(error, 'taskNotFound') && !isRefusal(error, 'taskRemoved')) throw error;
      // A removal was broken off before the script had forgotten the task.
      await this.deps.store.scripts.forgetTask(caller.tenant, script.id, environment);
      return this.tryPut(caller, script, environment, twin);
    }
  }

  private async tryPut(
    caller: Caller,
    script: StoredScript,
    environment: Environment,
    twin: TwinVersion,
  ): Promise<TaskRead> {
    const { scripts } = this.deps.store;
    const definition = scriptDefinition(this.deps, script, environment, twin);
    const taskId = await scripts.reserveTask(caller.tenant, script.id, environment, makeId());
    const paused = environment === 'Prod' && script.config.scheduleConfiguration.paused;
    if (taskId === null) throw scriptNotFound(script.id);
    const task = { taskId, number: script.number, definition, paused };
    return this.tasks.put(caller, task, ownFields(definition));
  }

  /** The version that a task runs now; null where it does not answer, or is gone. */
  async versionOf(caller: Caller, taskId: string): Promise<number | null> {
    try {
      const { job, stale } = await this.tasks.get(caller, taskId);
      const { version } = job.config;
      return stale !== true && typeof version === 'number' ? version : null;
    } catch (error) {
      if (isRefusal(error, 'taskNotFound')) return null;
      throw error;
    }
  }

  /** Removes the task of an environment, where there is one. */
  async remove(
    caller: Caller,
    script: StoredScript,
    environment: Environment,
    detach: boolean,
  ): Promise<void> {
    const taskId = environment === 'Dev' ? script.devTask : script.prodTask;
    if (taskId === null) return;
    await this.tasks.removeOfScript(caller, taskId, detach);
    await this.deps.store.scripts.forgetTask(caller.tenant, script.id, environment);
  }

  /** Pauses the task of production, or lets it go on. */
  async setPaused(caller: Caller, taskId: string, paused: boolean): Promise<void> {
    if (paused) await this.tasks.pause(caller, taskId);
    else await this.tasks.resume(caller, taskId);
  }
}
