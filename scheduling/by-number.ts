import { defaultConcurrency } from '../model/backfill';
import { scheduleDay } from '../model/business-day';
import { TablegateError } from '../model/errors';
import type { Caller } from '../model/people';
import type { NumberedInstance, NumberedStore, TaskFilterByNumber } from '../store/store';
import { noteActions } from './audit';
import type { SchedulingDeps } from './deps';
import { eachInTurns } from './in-turns';
import type {
  BackfillService,
  BusinessDayFilter,
  ByNumberService,
  InstanceSlice,
  InstanceStep,
  NumberedTask,
  RunService,
  TaskService,
  TaskSlice,
} from './scheduling';
import { chosen, taskOfNumberNotFound } from './task-batches';

/** Instances that one call reruns or stops at the same time: a rerun waits for its record. */
const atOnce = 8;

type Environment = 'Dev' | 'Prod' | null;

/** What vendors' clients ask for by the numbers that they know. */
export class ByNumber implements ByNumberService {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store'>,
    private readonly services: {
      tasks: Pick<TaskService, 'get' | 'remove'>;
      runs: Pick<RunService, 'rerun' | 'cancel'>;
      backfills: Pick<BackfillService, 'create' | 'createAll'>;
    },
  ) {}

  private get numbered(): NumberedStore {
    return this.deps.store.numbered;
  }

  async task(caller: Caller, number: string, environment: Environment): Promise<NumberedTask> {
    const id = await this.idOf(caller, number, environment);
    const task = await this.services.tasks.get(caller, id);
    const numbers = await this.numbered.numbersOf(caller.tenant, task.dependsOn);
    return { task, upstream: task.dependsOn.flatMap((before) => numbers.get(before) ?? []) };
  }

  /** @throws TablegateError taskNotFound */
  private async idOf(
    { tenant }: Caller,
    number: string,
    environment: Environment,
  ): Promise<string> {
    const twins = await this.deps.store.tasks.byNumbers(tenant, [number]);
    const task = chosen(twins, number, environment);
    if (!task) throw taskOfNumberNotFound();
    return task.id;
  }

  tasks({ tenant }: Caller, filter: TaskFilterByNumber, slice: TaskSlice) {
    return this.numbered.tasks(tenant, filter, slice);
  }

  async removeTask(caller: Caller, number: string, environment: Environment): Promise<void> {
    const id = await this.idOf(caller, number, environment);
    await this.services.tasks.remove(caller, id, null, false);
  }

  async instance(
    { tenant }: Caller,
    number: string,
    attempt: number | null,
  ): Promise<NumberedInstance> {
    const attempts = await this.numbered.attempts(tenant, number);
    const found = attempts.find(({ run }) => attempt === null || run.attempt === attempt);
    if (found) return found;
    throw new TablegateError('runNotFound', 'The task instance does not exist.');
  }

  async instances({ tenant }: Caller, filter: BusinessDayFilter, slice: InstanceSlice) {
    const { businessTime, ...rest } = filter;
    const timezones = await this.numbered.timezones(tenant);
    const days = timezones.map((timezone) => ({
      timezone,
      ...scheduleDay(businessTime, timezone),
    }));
    return this.numbered.instances(tenant, { ...rest, days }, slice);
  }

  async log(caller: Caller, number: string, attempt: number | null): Promise<string[]> {
    const { run } = await this.instance(caller, number, attempt);
    const lines = await this.deps.store.runs.log(caller.tenant, run.id);
    return lines.map(({ at, level, line }) => `${at} ${level.toUpperCase()} ${line}`);
  }

  rerun(caller: Caller, numbers: readonly string[], comment: string | null) {
    return this.eachInstance(caller, numbers, { comment, action: 'instance.rerun' }, (instance) =>
      this.services.runs.rerun(caller, instance.run.taskId, instance.run.id, {
        ...{ downstream: 'none', idempotencyKey: null },
      }),
    );
  }

  stop(caller: Caller, numbers: readonly string[], comment: string | null) {
    return this.eachInstance(caller, numbers, { comment, action: 'instance.stop' }, (instance) =>
      this.services.runs.cancel(caller, instance.run.taskId, instance.run.id),
    );
  }

  /** @returns what became of each, in their order */
  private async eachInstance(
    caller: Caller,
    numbers: readonly string[],
    { comment, action }: { comment: string | null; action: string },
    step: (instance: NumberedInstance) => Promise<unknown>,
  ): Promise<InstanceStep[]> {
    const steps = new Map<string, InstanceStep>();
    const done: NumberedInstance[] = [];
    await eachInTurns([...new Set(numbers)], atOnce, async (number) => {
      try {
        const instance = await this.instance(caller, number, null);
        await step(instance);
        done.push(instance);
        steps.set(number, { number, error: null });
      } catch (error) {
        if (!(error instanceof TablegateError)) throw error;
        steps.set(number, { number, error });
      }
    });
    if (comment !== null) {
      const notes = done.map(({ number, run }) => ({
        ...{ action, target: `task/${run.taskId}` },
        detail: { instance: number, comment },
      }));
      await noteActions(this.deps.store, caller, notes);
    }
    return [...new Set(numbers)].map((number) => steps.get(number)!);
  }

  async bringAbout(
    caller: Caller,
    number: string,
    environment: Environment,
    scheduleTime: Date,
  ): Promise<void> {
    const taskId = await this.idOf(caller, number, environment);
    const request = {
      ...{ taskIds: [taskId], scheduleTimes: [scheduleTime.toISOString()] },
      ...({ downstream: 'none', existing: 'rerun', concurrency: defaultConcurrency } as const),
      ...{ dryRun: false, confirm: false },
    };
    await this.services.backfills.create(caller, request, null);
  }

  async supplement(
    caller: Caller,
    ask: Parameters<ByNumberService['supplement']>[1],
  ): Promise<string[]> {
    const { numbers, environment, ranges, downstream, concurrency } = ask;
    const taskIds: string[] = [];
    for (const number of new Set(numbers)) {
      taskIds.push(await this.idOf(caller, number, environment));
    }
    const requests = ranges.map((range) => ({
      ...{ ...range, taskIds, downstream, concurrency, existing: 'rerun' as const },
      ...{ dryRun: false, confirm: false },
    }));
    const ids = await this.services.backfills.createAll(caller, requests);
    const { comment } = ask;
    if (comment !== null) {
      const notes = ids.map((id) => ({
        ...{ action: 'backfill.comment', target: `backfill/${id}`, detail: { comment } },
      }));
      await noteActions(this.deps.store, caller, notes);
    }
    return ids;
  }

  async supplemented({ tenant }: Caller, ids: readonly string[]) {
    const found = await this.numbered.backfills(tenant, [...ids]);
    if (found.backfills.length === new Set(ids).size) {
      const { backfills, instances } = found;
      return { numbers: backfills.map(({ number }) => number), instances };
    }
    throw new TablegateError('backfillNotFound', 'The operation does not exist.');
  }
}
