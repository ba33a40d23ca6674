import {
  cellsToConfirm,
  type BackfillRequest,
  type BackfillStatus,
  type BackfillView,
  type CellState,
  type CellView,
  type Plan,
  type PlannedCell,
  type PlanView,
} from '../../model/backfill';
import { TablegateError } from '../../model/errors';
import { isId } from '../../model/names';
import type { Caller } from '../../model/people';
import { makeId } from '../../store/secrets';
import type { StoredBackfill } from '../../store/store';
import { noteAction } from '../audit';
import type { SchedulingDeps } from '../deps';
import { backfillIdOf } from '../idempotency-keys';
import { requireTable } from '../known-tables';
import { LineageIndex } from '../lineage-index';
import type { BackfillService, Page, PageRequest } from '../scheduling';
import { refuseByHand, taskNotFound } from '../task-refusals';
import { tellDriver } from './driver';
import { estimateSeconds } from './estimates';
import { mergeRoots, RootFinder, type BackfillRoots } from './roots';
import type { BackfillOrder, BackfillStarter } from './starter';
import { triggerTable } from './table-trigger';
import { viewsOf } from './views';
import { TimesReader } from './wanted-times';

export class Backfills implements BackfillService {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly starter: BackfillStarter,
  ) {}

  async plan(caller: Caller, request: BackfillRequest): Promise<PlanView> {
    const { tenant } = caller;
    const { plan } = await this.planned(tenant, request);
    const { cells, marks } = plan;
    const seconds = await estimateSeconds(this.deps.store, tenant, cells, request.concurrency);
    return {
      cells: cells.slice(0, cellsToConfirm).map(shownCell),
      marks: marks.slice(0, cellsToConfirm),
      count: cells.length,
      estimatedSeconds: seconds,
    };
  }

  async create(
    caller: Caller,
    request: BackfillRequest,
    idempotencyKey: string | null,
  ): Promise<BackfillView> {
    const { tenant } = caller;
    const id = backfillIdOf(this.deps.secrets, caller, idempotencyKey);
    const before =
      idempotencyKey === null ? null : await this.deps.store.backfills.find(tenant, id);
    if (before) return this.createdBefore(tenant, before);
    const order = await this.order(tenant, request, { id, idempotencyKey });
    return this.view(tenant, await this.starter.start(caller, order));
  }

  async createAll(caller: Caller, requests: readonly BackfillRequest[]): Promise<string[]> {
    const orders: BackfillOrder[] = [];
    for (const request of requests) {
      orders.push(await this.order(caller.tenant, request, { id: makeId(), idempotencyKey: null }));
    }
    const started: string[] = [];
    for (const order of orders) {
      try {
        await this.starter.start(caller, order);
      } catch (error) {
        for (const id of started) await this.takeBack(caller, id);
        throw error;
      }
      started.push(order.id);
    }
    return started;
  }

  /** What cannot be cancelled has ended, or is cancelled as soon as Temporal answers again. */
  private async takeBack(caller: Caller, id: string): Promise<void> {
    try {
      await this.cancel(caller, id, 'kill');
    } catch (error) {
      if (!(error instanceof TablegateError)) throw error;
    }
  }

  /** @throws TablegateError for a request that cannot be; nothing has begun then */
  private async order(
    tenant: string,
    request: BackfillRequest,
    given: Pick<BackfillOrder, 'id' | 'idempotencyKey'>,
  ): Promise<BackfillOrder> {
    const { plan, taskIds } = await this.planned(tenant, request);
    if (plan.cells.length > cellsToConfirm && !request.confirm) throw unconfirmed(plan);
    const { downstream, existing, concurrency } = request;
    return {
      ...{ ...given, startedBy: 'backfill', taskIds, downstream, existing, concurrency },
      ...{ plan, receipt: given.id.slice(0, 30) },
    };
  }

  /** The same request, sent again: its driver may not have been started the first time. */
  private async createdBefore(tenant: string, before: StoredBackfill): Promise<BackfillView> {
    if (before.status === 'running') await this.deps.gateway.ensureBackfill(tenant, before.id);
    return this.view(tenant, before);
  }

  private async planned(
    tenant: string,
    request: BackfillRequest,
  ): Promise<{ plan: Plan; taskIds: string[] }> {
    const { store } = this.deps;
    const index = new LineageIndex(await store.tasks.lineage(tenant, tasksFor(request)));
    const times = new TimesReader(timesOf(request), false);
    // Also where no task reads them, they have to be times.
    await times.check();
    const { roots, marks } = await this.rootsOf(tenant, index, request, times);
    const { downstream, existing } = request;
    const plan = await this.starter.plan(tenant, index, { roots, marks, downstream, existing });
    return { plan, taskIds: roots.map(({ taskId }) => taskId) };
  }

  private async rootsOf(
    tenant: string,
    index: LineageIndex,
    { taskIds = [], tables = [] }: BackfillRequest,
    times: TimesReader,
  ): Promise<BackfillRoots> {
    const finder = new RootFinder(this.deps, tenant, times);
    const tasks = [...new Set(taskIds)].map((id) => {
      const task = index.find(id);
      if (!task) throw taskNotFound(id);
      refuseByHand({ kind: task.kind, imported: task.imported ?? null });
      return task;
    });
    const parts = [await finder.ofTasks(tasks)];
    for (const [number, table] of [...new Set(tables)].entries()) {
      await requireTable(this.deps.store, tenant, table, `tables[${number}]`);
      parts.push(await finder.ofTable(table, index.readersOf(table)));
    }
    return mergeRoots(parts);
  }

  triggerTable(
    caller: Caller,
    call: Parameters<BackfillService['triggerTable']>[1],
    options: Parameters<BackfillService['triggerTable']>[2],
  ): ReturnType<BackfillService['triggerTable']> {
    return triggerTable(this.deps, this.starter, caller, call, options);
  }

  async get(caller: Caller, id: string): Promise<BackfillView> {
    return this.view(caller.tenant, await this.stored(caller.tenant, id));
  }

  async list(
    caller: Caller,
    filter: { status: BackfillStatus | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<BackfillView>> {
    const { store } = this.deps;
    const { items, nextPageToken } = await store.backfills.list(caller.tenant, filter, page);
    return { items: await viewsOf(store, caller.tenant, items), nextPageToken };
  }

  async cells(
    caller: Caller,
    id: string,
    filter: { state: CellState | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<CellView>> {
    await this.stored(caller.tenant, id);
    return this.deps.store.backfills.cells(caller.tenant, id, filter, page);
  }

  pause(caller: Caller, id: string): Promise<BackfillView> {
    return this.move(caller, id, 'pause', ['running'], 'paused');
  }

  resume(caller: Caller, id: string): Promise<BackfillView> {
    return this.move(caller, id, 'resume', ['paused'], 'running');
  }

  cancel(caller: Caller, id: string, mode: 'drain' | 'kill'): Promise<BackfillView> {
    return this.move(caller, id, 'cancel', ['running', 'paused'], 'cancelling', mode === 'kill');
  }

  /** A call that finds it done already, such as a repeated one, is answered like the first. */
  private async move(
    caller: Caller,
    id: string,
    action: 'pause' | 'resume' | 'cancel',
    from: readonly BackfillStatus[],
    to: BackfillStatus,
    kill = false,
  ): Promise<BackfillView> {
    const { store, gateway } = this.deps;
    const { tenant } = caller;
    const moved = await store.backfills.changeStatus(tenant, id, from, to);
    const now = moved ?? (await this.stored(tenant, id));
    if (now.status !== to) throw notLive(now, `${action} needs one that is ${from.join(' or ')}`);
    await tellDriver(gateway, tenant, id, kill);
    await noteAction(store, caller, `backfill.${action}`, `backfill/${id}`, { kill });
    return this.view(tenant, now);
  }

  async retryFailed(caller: Caller, id: string): Promise<BackfillView> {
    const { store, gateway } = this.deps;
    const { tenant } = caller;
    const before = await this.stored(tenant, id);
    const cells = await store.backfills.retry(tenant, id);
    if (cells === 0 && before.status === 'cancelling') {
      throw notLive(before, 'call again once it is cancelled');
    }
    if (cells > 0) {
      await tellDriver(gateway, tenant, id, false);
      await noteAction(store, caller, 'backfill.retryFailed', `backfill/${id}`, { cells });
    }
    return this.get(caller, id);
  }

  private async stored(tenant: string, id: string): Promise<StoredBackfill> {
    const found = isId(id) ? await this.deps.store.backfills.find(tenant, id) : null;
    if (found) return found;
    throw new TablegateError('backfillNotFound', `There is no backfill ${id}.`);
  }

  private async view(tenant: string, stored: StoredBackfill): Promise<BackfillView> {
    return (await viewsOf(this.deps.store, tenant, [stored]))[0]!;
  }
}

/** Tasks that a plan is made from; undefined: any may be part of it. */
function tasksFor({ taskIds, downstream }: BackfillRequest): string[] | undefined {
  return downstream === 'none' ? taskIds : undefined;
}

/** Without what it needs. */
function shownCell({
  taskId,
  scheduleTime,
  action,
  reason,
}: PlannedCell): PlanView['cells'][number] {
  return { taskId, scheduleTime, action, reason };
}

function timesOf({ scheduleTimes, startTime = '', endTime = '' }: BackfillRequest) {
  return scheduleTimes ?? { startTime, endTime };
}

function unconfirmed({ cells }: Plan): TablegateError {
  return new TablegateError(
    'confirmationNeeded',
    `The plan has ${cells.length} instances, more than ${cellsToConfirm}: ` +
      'send "confirm": true with the call to start it, or "dryRun": true to look at it.',
  );
}

function notLive({ id, status }: StoredBackfill, hint: string): TablegateError {
  return new TablegateError('backfillNotLive', `The backfill ${id} is ${status}; ${hint}.`);
}
