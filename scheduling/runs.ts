import { TablegateError } from '../model/errors';
import {
  cancelRunUpdate,
  startUpdate,
  startWithPresentUpdate,
  type TaskAnswer,
} from '../model/messages';
import { isId } from '../model/names';
import type { Caller } from '../model/people';
import { isEnded, type LogLine, type RunRecord } from '../model/run';
import type { PresentAsk } from '../model/task-steps';
import { waitingGates } from '../model/waiting';
import { makeId } from '../store/secrets';
import { noteAction } from './audit';
import type { BackfillStarter } from './backfills/starter';
import type { SchedulingDeps } from './deps';
import { readGateTime } from './gate-times';
import { InstanceLists } from './instance-lists';
import { Reruns } from './reruns';
import type {
  InstanceFilter,
  InstanceView,
  Page,
  PageRequest,
  RerunView,
  RunFilter,
  RunRead,
  RunService,
  TaskService,
} from './scheduling';
import { waitUntilProjected } from './settle';
import { isRefusal, refuseByHand } from './task-refusals';
import { TaskUpdates } from './task-updates';
import { readTimeSpan } from './time-spans';

/** Missing tables that the audit names. */
const namedTables = 20;

export class Runs implements RunService {
  private readonly updates: TaskUpdates;
  private readonly reruns: Reruns;
  private readonly lists: InstanceLists;

  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    starter: BackfillStarter,
  ) {
    this.updates = new TaskUpdates(deps);
    this.reruns = new Reruns(deps, tasks, this, starter);
    this.lists = new InstanceLists(deps, tasks, (tenant, record) => this.read(tenant, record));
  }

  async start(caller: Caller, taskId: string, idempotencyKey: string | null): Promise<RunRead> {
    const { gateway } = this.deps;
    refuseByHand(await this.tasks.get(caller, taskId));
    const updateId = updateIdOf('start', caller, idempotencyKey);
    const args: [{ by: string }] = [{ by: caller.name }];
    const answer = await gateway.update(caller.tenant, taskId, startUpdate, args, updateId);
    return this.begun(caller, answer, 'run.start', {});
  }

  async startWithPresent(
    caller: Caller,
    taskId: string,
    gate: { scheduleTime: string | null },
    idempotencyKey: string | null,
  ): Promise<RunRead> {
    const { gateway, store } = this.deps;
    const { tenant, name: by } = caller;
    const task = await this.tasks.get(caller, taskId);
    const scheduleTime =
      gate.scheduleTime === null ? null : readGateTime(gate.scheduleTime, task.timezone);
    const times = scheduleTime === null ? [] : [scheduleTime];
    const [known = null] = await store.runs.knownInstances(tenant, taskId, times);
    const updateId = updateIdOf('withPresent', caller, idempotencyKey);
    const args: [PresentAsk] = [{ scheduleTime, by, known }];
    const answer = await gateway.update(tenant, taskId, startWithPresentUpdate, args, updateId);
    const waited = waitingGates(task).find((one) => one.scheduleTime === scheduleTime);
    const missing = waited?.missing.slice(0, namedTables) ?? [];
    return this.begun(caller, answer, 'run.startWithPresent', { scheduleTime, missing });
  }

  /** Keeps what an Update has begun, and reads it as lists show it. */
  private async begun(
    caller: Caller,
    { task, run, runId }: TaskAnswer,
    action: string,
    detail: Record<string, unknown>,
  ): Promise<RunRead> {
    await this.updates.stored(task, run ? [run] : []);
    const noted = { runId, ...detail };
    await noteAction(this.deps.store, caller, action, `task/${task.id}`, noted);
    return this.get(caller, task.id, runId ?? '');
  }

  async get(caller: Caller, taskId: string, runId: string): Promise<RunRead> {
    const { store, gateway } = this.deps;
    const { tenant } = caller;
    if (!isId(runId) || !isId(taskId)) throw notFound(runId);
    let record = await store.runs.find(tenant, taskId, runId);
    if (!record) {
      await waitUntilProjected(gateway, tenant, taskId);
      record = await store.runs.find(tenant, taskId, runId);
    }
    if (!record) throw notFound(runId);
    return this.read(tenant, record);
  }

  async list(caller: Caller, filter: RunFilter, page: PageRequest): Promise<Page<RunRead>> {
    const { store, gateway, settings } = this.deps;
    const { tenant } = caller;
    const { taskId } = filter;
    const span = readTimeSpan(filter, settings.timezone);
    if (taskId !== null) {
      if (!(await store.tasks.exists(tenant, taskId))) await this.tasks.get(caller, taskId);
      if (page.pageToken === null) await waitUntilProjected(gateway, tenant, taskId);
    }
    const { items, nextPageToken } = await store.runs.list(tenant, { ...filter, ...span }, page);
    return { items: items.map((record) => this.read(tenant, record)), nextPageToken };
  }

  async log(caller: Caller, taskId: string, runId: string): Promise<{ items: LogLine[] }> {
    await this.get(caller, taskId, runId);
    return { items: await this.deps.store.runs.log(caller.tenant, runId) };
  }

  async cancel(caller: Caller, taskId: string, runId: string): Promise<RunRead> {
    const { gateway, store } = this.deps;
    const { tenant } = caller;
    const record = await this.get(caller, taskId, runId);
    if (isEnded(record.status)) throw notLive(`The run has ended already: ${record.status}.`);
    const reason = `by ${caller.name}`;
    if ((await gateway.cancelRun(tenant, taskId, runId, reason)) === 'gone') {
      await this.cancelUnbegun(tenant, taskId, { runId, reason });
    }
    await noteAction(store, caller, 'run.cancel', `task/${taskId}`, { runId });
    return this.get(caller, taskId, runId);
  }

  /** A run has no workflow while cells hold all slots of its task: the task itself ends it. */
  private async cancelUnbegun(
    tenant: string,
    taskId: string,
    cancel: { runId: string; reason: string },
  ): Promise<void> {
    try {
      const { gateway } = this.deps;
      const answer = await gateway.update(tenant, taskId, cancelRunUpdate, [cancel], makeId());
      await this.updates.stored(answer.task, answer.run ? [answer.run] : []);
    } catch (error) {
      if (!isRefusal(error, 'taskNotFound')) throw error;
      throw notLive('The run has ended, and its task has been removed.');
    }
  }

  async rerun(
    caller: Caller,
    taskId: string,
    runId: string,
    options: Parameters<RunService['rerun']>[3],
  ): Promise<RerunView> {
    const rerun = await this.reruns.rerun(caller, taskId, runId, options);
    const { downstream } = options;
    const detail = { runId, downstream, backfillId: rerun.backfillId };
    await noteAction(this.deps.store, caller, 'run.rerun', `task/${taskId}`, detail);
    return rerun;
  }

  instances(
    caller: Caller,
    taskId: string,
    filter: InstanceFilter,
    page: PageRequest,
  ): Promise<Page<InstanceView>> {
    return this.lists.ofTask(caller, taskId, filter, page);
  }

  tableInstances(
    caller: Caller,
    table: string,
    filter: InstanceFilter,
    page: PageRequest,
  ): Promise<Page<InstanceView>> {
    return this.lists.ofTable(caller, table, filter, page);
  }

  private read(tenant: string, record: RunRecord): RunRead {
    return { ...record, temporalUrl: this.deps.gateway.runUrl(tenant, record.taskId, record.id) };
  }
}

function notLive(detail: string): TablegateError {
  return new TablegateError('runNotLive', detail);
}

/** An Update that is sent again with the same key is taken once. */
function updateIdOf(what: string, { userId }: Caller, idempotencyKey: string | null): string {
  return idempotencyKey === null ? makeId() : `${what}/${userId}/${idempotencyKey}`;
}

function notFound(runId: string): TablegateError {
  return new TablegateError('runNotFound', `There is no run ${runId}.`);
}
