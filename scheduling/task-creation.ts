import type { Caller } from '../model/people';
import type { Imported, TaskDefinition } from '../model/task';
import { newTaskState, projectTask } from '../model/task-state';
import { startByHand } from '../model/task-steps';
import { makeId } from '../store/secrets';
import { noteAction } from './audit';
import { settleNewCollection } from './collection-author';
import type { SchedulingDeps } from './deps';
import type { TaskRead } from './scheduling';
import { forgettingScript, settleNewScript } from './scripts/plain-scripts';
import { checkDefinition, ownOutputs, reserveOutputs } from './task-checks';
import type { TaskUpdates } from './task-updates';
import { checkTimes } from './time-checks';

/** A task that is to be. */
export interface TaskToCreate {
  taskId: string;
  creator: string;
  definition: TaskDefinition;
  paused: boolean;
  /** True: it begins with a run, as by hand: both there, or neither. */
  start?: boolean;
  imported?: Imported;
}

/** A task whose job is as it is to be kept. */
export type SettledTask = TaskToCreate & { number: string };

/** The beginning of tasks: those that people make and those that imports bring. */
export class TaskCreation {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly updates: TaskUpdates,
  ) {}

  /**
   * Checks a task and starts its workflow.
   * @returns null where the id is, or was, in use
   * @throws TablegateError for a definition that cannot be, or whose output another task writes
   */
  async create(caller: Caller, task: TaskToCreate): Promise<TaskRead | null> {
    const scripted = await settleNewScript(this.deps, caller, task.taskId, task.definition);
    const definition = await settleNewCollection(this.deps, caller, scripted);
    const number = await this.deps.store.tasks.nextNumber();
    const made = this.make(caller, { ...task, number, definition });
    return forgettingScript(this.deps, caller, task.taskId, made);
  }

  /** The same for a task whose job is settled and which has its number. */
  async make(caller: Caller, task: SettledTask): Promise<TaskRead | null> {
    const { store, gateway } = this.deps;
    const { tenant } = caller;
    const { start = false, ...given } = task;
    const { taskId, number, definition } = given;
    const state = newTaskState({ ...given, tenant }, new Date().toISOString());
    const { writes } = await checkDefinition(this.deps, tenant, number, definition);
    await checkTimes(this.deps, state, definition);
    const { jobTypes } = this.deps;
    await reserveOutputs(this.deps, tenant, taskId, ownOutputs(jobTypes, definition.job, writes));
    if (start) startByHand(state, caller.name, { now: state.createdAt, newRunId: makeId });
    try {
      if (!(await gateway.startTask(state))) return null;
    } catch (error) {
      // A task that was not started holds no output.
      await store.tasks.reserveOutputs(tenant, taskId, []);
      throw error;
    }
    const { runs } = state.outbox;
    const projection = projectTask(state);
    // Of the many tasks of an import the Schedules follow.
    const created = given.imported
      ? await this.updates.stored(projection, runs)
      : await this.updates.settled(projection, runs);
    const { name } = definition;
    const detail = given.imported ? { name, ...given.imported } : { name };
    await noteAction(store, caller, 'task.create', `task/${taskId}`, detail);
    const runId = state.live?.runId;
    if (runId !== undefined)
      await noteAction(store, caller, 'run.start', `task/${taskId}`, { runId });
    return created;
  }
}
