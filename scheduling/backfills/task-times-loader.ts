/** The schedule times of tasks, with what store and workflows know of their instances. */
import { calendarOf } from '../../model/calendar';
import type { LineageTask } from '../../model/lineage';
import type { TaskTimes } from '../../model/needs';
import { sortedTimes } from '../../model/sorted-times';
import { knownByTime } from '../../store/known-by-time';
import type { SchedulingDeps } from '../deps';
import { inTurns } from '../in-turns';
import { isRefusal } from '../task-refusals';

/** Closed range in ms. */
export interface TimeRange {
  from: number;
  to: number;
}

export class TaskTimesLoader {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store' | 'gateway' | 'log'>,
    private readonly tenant: string,
  ) {}

  /** Of tasks in a range; instances are looked up only for those without a recurrence. */
  load(tasks: readonly LineageTask[], range: TimeRange): Promise<TaskTimes[]> {
    return inTurns(tasks, (task) => this.loadOne(task, range));
  }

  /** Of one task, the times of its open gates among its instances. */
  async loadWithGates(task: LineageTask, range: TimeRange): Promise<TaskTimes> {
    const times = await this.loadOne(task, range);
    if (times.calendar !== null) return times;
    const gates = await this.openGates(task.id);
    return { ...times, instances: sortedTimes([...times.instances, ...gates]) };
  }

  private async loadOne(task: LineageTask, range: TimeRange): Promise<TaskTimes> {
    const { recurrence, timezone } = task;
    if (recurrence !== null) {
      return { task, calendar: calendarOf(recurrence, timezone), instances: [] };
    }
    const known = await knownByTime(this.deps.store, this.tenant, task.id, range);
    return { task, calendar: null, instances: sortedTimes(known.keys()) };
  }

  /** The workflow shows all of its dated gates, the store the oldest. */
  private async openGates(taskId: string): Promise<number[]> {
    const task = await this.deps.gateway.describe(this.tenant, taskId).then(
      (answer) => (answer.removed ? null : answer.task),
      (error: unknown) => {
        if (isRefusal(error, 'taskNotFound')) return null;
        this.deps.log.debug({ err: error, taskId }, 'the task did not answer; the store does');
        return this.deps.store.tasks.find(this.tenant, taskId);
      },
    );
    return (task?.gate?.dated ?? []).map((gate) => Date.parse(gate.scheduleTime));
  }
}
