import type { Caller } from '../model/people';
import type { RunRecord } from '../model/run';
import type { GateView } from '../model/task';
import type { SchedulingDeps } from './deps';
import { inTurns } from './in-turns';
import {
  compareInstances,
  gatesIn,
  lastTime,
  rangeIn,
  readKey,
  recordedInstance,
  waitingInstance,
  writeKey,
  type InstanceKey,
  type InstanceRange,
} from './instances';
import { requireTable } from './known-tables';
import type {
  InstanceFilter,
  InstanceView,
  Page,
  PageRequest,
  RunRead,
  TaskService,
} from './scheduling';
import { waitUntilProjected } from './settle';
import { isRefusal } from './task-refusals';

/** What a list has to know of a task. */
interface ListedTask {
  id: string;
  timezone: string;
  /** Its open dated gates. */
  dated: GateView['dated'];
}

/** What of a page comes from one task. */
interface Part {
  items: InstanceView[];
  /** Whether records are left that did not fit. */
  more: boolean;
}

export class InstanceLists {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    private readonly read: (tenant: string, record: RunRecord) => RunRead,
  ) {}

  async ofTask(
    caller: Caller,
    taskId: string,
    filter: InstanceFilter,
    page: PageRequest,
  ): Promise<Page<InstanceView>> {
    const { tenant } = caller;
    const task = await this.listed(caller, taskId);
    if (page.pageToken === null) await waitUntilProjected(this.deps.gateway, tenant, taskId);
    return this.page(tenant, [task], filter, page);
  }

  /** Records of a removed task stay; of its timezone nothing is left. */
  private async listed(caller: Caller, taskId: string): Promise<ListedTask> {
    const { store, settings } = this.deps;
    try {
      const { timezone, gate } = await this.tasks.get(caller, taskId);
      return { id: taskId, timezone, dated: gate?.dated ?? [] };
    } catch (error) {
      const isGone = isRefusal(error, 'taskNotFound');
      if (!isGone || !(await store.tasks.exists(caller.tenant, taskId))) throw error;
      return { id: taskId, timezone: settings.timezone, dated: [] };
    }
  }

  /** Of many tasks the store tells which gates are open: the oldest of each. */
  async ofTable(
    { tenant }: Caller,
    table: string,
    filter: InstanceFilter,
    page: PageRequest,
  ): Promise<Page<InstanceView>> {
    const { store } = this.deps;
    const tasks = await store.tasks.tasksOfTable(tenant, table);
    if (tasks.length === 0) await requireTable(store, tenant, table);
    const listed = await inTurns(tasks, async ({ id, timezone }) => {
      const task = await store.tasks.find(tenant, id);
      return { id, timezone, dated: task?.gate?.dated ?? [] };
    });
    return this.page(tenant, listed, filter, page);
  }

  private async page(
    tenant: string,
    tasks: readonly ListedTask[],
    filter: InstanceFilter,
    { pageSize, pageToken }: PageRequest,
  ): Promise<Page<InstanceView>> {
    const key = readKey(pageToken);
    const parts = await inTurns(tasks, (task) => {
      const range = rangeIn(task.timezone, filter);
      return this.part(tenant, task, { ...range, to: lastTime(range.to, key, task.id) }, pageSize);
    });
    const all = parts.flatMap(({ items }) => items).sort(compareInstances);
    const items = all.slice(0, pageSize);
    const last: InstanceKey | undefined = items.at(-1);
    const isLast = all.length <= pageSize && !parts.some(({ more }) => more);
    return { items, nextPageToken: last && !isLast ? writeKey(last) : null };
  }

  private async part(
    tenant: string,
    task: ListedTask,
    range: InstanceRange,
    pageSize: number,
  ): Promise<Part> {
    const { items, more } = await this.records(tenant, task.id, range, pageSize);
    // Gates below the last record belong to a later page, as the records there do.
    const from = more ? items.at(-1)!.scheduleTime : range.from;
    const gates = await this.withoutRun(tenant, task, { ...range, from });
    // An instance that was missed waits again once a new mark has opened its gate.
    const open = new Set(gates.map(({ scheduleTime }) => scheduleTime));
    const others = items.filter(({ scheduleTime }) => !open.has(scheduleTime));
    return { items: [...others, ...gates], more };
  }

  private async records(
    tenant: string,
    taskId: string,
    { from, to, status }: InstanceRange,
    pageSize: number,
  ): Promise<Part> {
    if (status === 'waiting') return { items: [], more: false };
    const filter = { from, to, status };
    const page = { pageSize, pageToken: null };
    const found = await this.deps.store.runs.instances(tenant, taskId, filter, page);
    const items = found.items.map((one) => recordedInstance(one, this.read(tenant, one)));
    return { items, more: found.nextPageToken !== null };
  }

  /** Open gates in a range for which nothing has run; one that is blocked has a record that says so. */
  private async withoutRun(
    tenant: string,
    { id, dated }: ListedTask,
    range: InstanceRange,
  ): Promise<InstanceView[]> {
    const gates = gatesIn(dated, range);
    if (gates.length === 0) return [];
    const times = gates.map(({ scheduleTime }) => scheduleTime);
    const known = await this.deps.store.runs.knownInstances(tenant, id, times);
    const shown = known.filter(({ attempts, status }) => attempts > 0 || status === 'blocked');
    const recorded = new Set(shown.map(({ scheduleTime }) => scheduleTime));
    return gates
      .filter(({ scheduleTime }) => !recorded.has(scheduleTime))
      .map((gate) => waitingInstance(id, gate));
  }
}
