/** What happens to a fleet: all that can, in an order of its own, until nothing is left. */
import type fc from 'fast-check';
import type { ExistingChoice, Plan } from '../../../model/backfill';
import { isUpstream } from '../../../model/lineage';
import { needsOf } from '../../../model/needs';
import type { TaskTimes } from '../../../model/task-times';
import { Fleet } from './fleet';
import { NaiveDriver } from './naive-driver';
import { hour } from './time-machine';

export interface CourseScope {
  /** Each after those that it comes after. */
  tasks: readonly TaskTimes[];
  maxParallel: number;
  /** Times are those from the first hour to this one. */
  lastHour: number;
  /** Makes every choice there is. */
  choices: fc.Stream<number>;
  /** Places of the instances that fail until they are mended. */
  failing: readonly number[];
}

/** An instance: its task and its time. */
export interface Instance {
  task: string;
  time: string;
}

const badEnds = ['failed', 'timedOut', 'cancelled'] as const;

export class Course {
  readonly fleet: Fleet;
  readonly instances: Instance[];
  /** What fails, and what needs it to any depth. */
  readonly failed: Instance[];
  readonly cut: Instance[];
  private readonly drivers: NaiveDriver[] = [];
  private due: Instance[] = [];
  private isMended = false;

  constructor(private readonly scope: CourseScope) {
    const { tasks, maxParallel, lastHour, failing } = scope;
    this.fleet = new Fleet(tasks, maxParallel);
    this.instances = tasks.flatMap((times) =>
      timesUpTo(times, lastHour).map((time) => ({ task: times.task.id, time })),
    );
    const bad = new Set(failing.map((place) => this.instances[place % this.instances.length]!));
    this.cut = this.cutBy(bad);
    this.failed = [...bad].filter((instance) => !this.cut.includes(instance));
  }

  letTicksCome(): void {
    this.due = [...this.instances];
  }

  drive(plan: Plan, existing: ExistingChoice): NaiveDriver {
    const driver = new NaiveDriver(this.fleet, `b${this.drivers.length}`, plan, existing);
    this.drivers.push(driver);
    return driver;
  }

  /** From here on nothing fails. */
  mend(): void {
    this.isMended = true;
  }

  run(): void {
    for (;;) {
      const open = [...this.ticks(), ...this.asks(), ...this.ends(), ...this.handOuts()];
      if (open.length === 0) return;
      this.choose(open)();
    }
  }

  /** How often an instance has run. */
  count({ task, time }: Instance): number {
    return this.fleet.runsOf(task, time).length;
  }

  /** Runs that began before all that their instances need had succeeded. */
  early(): string[] {
    return this.fleet.runs.flatMap((run) =>
      this.needs(run)
        .filter((need) => {
          const runs = this.fleet.runsOf(need.task, need.time);
          return !runs.some(({ status, ended }) => status === 'succeeded' && ended! < run.begun);
        })
        .map((need) => `${run.task} at ${run.time} before ${need.task} at ${need.time}`),
    );
  }

  private choose<T>(from: readonly T[]): T {
    return from[this.scope.choices.next().value! % from.length]!;
  }

  private ticks(): (() => void)[] {
    return this.due.map((tick) => () => {
      this.due = this.due.filter((other) => other !== tick);
      this.fleet.tick(tick.task, tick.time);
    });
  }

  private asks(): (() => void)[] {
    return this.fleet.asking().map((id) => () => this.fleet.judge(id));
  }

  private ends(): (() => void)[] {
    return this.fleet.live().map(({ id, runId }) => () => {
      const { scheduleTime } = this.fleet.book(id).find(runId)!;
      const fails = this.failed.some(({ task, time }) => task === id && time === scheduleTime);
      const status = fails && !this.isMended ? this.choose(badEnds) : 'succeeded';
      this.fleet.end(id, runId, status);
    });
  }

  private handOuts(): (() => void)[] {
    return this.drivers.flatMap((driver) => [
      ...driver.ready().map((place) => () => driver.handOut(place)),
      ...driver.untold().map((taskId) => () => driver.hear(taskId)),
    ]);
  }

  private cutBy(bad: Set<Instance>): Instance[] {
    const cut = new Set<Instance>();
    for (const instance of this.instances) {
      const needs = this.needs(instance);
      if (needs.some((need) => bad.has(need) || cut.has(need))) cut.add(instance);
    }
    return [...cut];
  }

  private needs({ task, time }: Instance): Instance[] {
    const { tasks } = this.scope;
    const down = tasks.find((times) => times.task.id === task)!;
    const needed = tasks
      .filter((up) => isUpstream(up.task, down.task))
      .flatMap((up) => needsOf(down, Date.parse(time), up).map((at) => ({ up, at })));
    return this.instances.filter((other) =>
      needed.some(({ up, at }) => other.task === up.task.id && Date.parse(other.time) === at),
    );
  }
}

/** The times of a task from the first hour to the last. */
export function timesUpTo({ calendar }: TaskTimes, lastHour: number): string[] {
  const times = calendar!.between(Date.parse(hour(1)), Date.parse(hour(lastHour)));
  return times.map((at) => new Date(at).toISOString());
}
