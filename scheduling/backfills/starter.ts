import type { Plan, PlannedMark } from '../../model/backfill';
import type { Caller } from '../../model/people';
import type { NewBackfill, StoredBackfill } from '../../store/store';
import { noteAction } from '../audit';
import type { SchedulingDeps } from '../deps';
import type { LineageIndex } from '../lineage-index';
import { sendMarks } from '../marks';
import type { TriggerQueue } from '../trigger-queue';
import { planBackfill, type PlanRequest } from './plan';

/** A backfill that is to be started; its id is a function of the key that came with the call. */
export interface BackfillOrder extends Pick<
  NewBackfill,
  'id' | 'startedBy' | 'downstream' | 'existing' | 'concurrency'
> {
  taskIds: string[];
  plan: Plan;
  idempotencyKey: string | null;
  /** 30 hex characters that the receipts of its marks are made of. */
  receipt: string;
}

/** Plans backfills and sets them going: those of calls, of table triggers and of reruns. */
export class BackfillStarter {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly queue: Pick<TriggerQueue, 'send'>,
  ) {}

  /** @throws TablegateError invalidInput for more cells than a plan may have */
  plan(tenant: string, index: LineageIndex, request: PlanRequest): Promise<Plan> {
    return planBackfill(this.deps, tenant, index, request);
  }

  /**
   * Marks first: where that fails nothing has begun, and a repeat with the same key marks nothing
   * twice. Then the plan is saved, and its driver started.
   * @throws TablegateError temporalUnavailable: without a key nothing goes on then
   */
  async start(caller: Caller, order: BackfillOrder): Promise<StoredBackfill> {
    const { store } = this.deps;
    const { tenant, name: startedByUser } = caller;
    const { plan, idempotencyKey: _key, receipt: _receipt, ...backfill } = order;
    await this.mark(caller, plan.marks, order);
    await store.backfills.create({ ...backfill, tenant, startedByUser, cells: plan.cells });
    await this.drive(tenant, order);
    await this.audit(caller, order);
    return (await store.backfills.find(tenant, order.id))!;
  }

  /** @throws TablegateError tooManyTriggers, temporalUnavailable */
  mark(
    caller: Caller,
    marks: readonly PlannedMark[],
    call: { receipt: string; idempotencyKey: string | null },
  ): Promise<void> {
    return sendMarks(this.queue, caller, marks, call);
  }

  private async drive(tenant: string, { id, plan, idempotencyKey }: BackfillOrder): Promise<void> {
    const { store, gateway } = this.deps;
    if (plan.cells.every(({ action }) => action === 'skip')) {
      // Nothing is left to be driven: this step ends it.
      await store.backfills.advance(tenant, id, { number: 1, ends: [], reconcile: false });
      return;
    }
    try {
      await gateway.ensureBackfill(tenant, id);
    } catch (error) {
      // A repeat without a key would be another backfill, and the work would be done twice.
      if (idempotencyKey === null) await this.giveUp(tenant, id);
      throw error;
    }
  }

  private async giveUp(tenant: string, id: string): Promise<void> {
    const { backfills } = this.deps.store;
    if ((await backfills.changeStatus(tenant, id, ['running'], 'cancelling')) === null) return;
    // The driver may have been started all the same, and then ends by what it finds.
    await backfills.advance(tenant, id, { number: 1, ends: [], reconcile: false });
  }

  private audit(caller: Caller, { id, startedBy, taskIds, plan }: BackfillOrder): Promise<void> {
    const detail = { startedBy, tasks: taskIds.length, cells: plan.cells.length };
    return noteAction(this.deps.store, caller, 'backfill.create', `backfill/${id}`, detail);
  }
}
