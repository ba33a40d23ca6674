/** Plans to save, and what a test asks of the backfills that are made of them. */
import type {
  BackfillStatus,
  CellEnd,
  CellState,
  CellView,
  PlannedCell,
} from '../../../model/backfill';
import type { BackfillStep, NewBackfill, Store, StoredBackfill } from '../../../store';
import { defaultRunPolicy } from '../../../model/task';
import { newId } from './opened';
import { batchOf, sampleTask } from './samples';

/** The schedule time of that number: hours of one day and the next ones. */
export const hour = (nr: number): string => new Date(Date.UTC(2026, 0, 1, nr)).toISOString();

export function cell(
  taskId: string,
  nr: number,
  needs: number[] = [],
  change: Partial<PlannedCell> = {},
): PlannedCell {
  const planned = { action: 'create' as const, reason: null };
  return { taskId, scheduleTime: hour(nr), ...planned, needs, ...change };
}

export function newBackfill(
  cells: PlannedCell[],
  change: Partial<NewBackfill> = {},
): NewBackfill & { key: readonly [string, string] } {
  const backfill = {
    tenant: `backfills-${newId()}`,
    id: newId(),
    startedBy: 'backfill' as const,
    startedByUser: 'ana',
    taskIds: [...new Set(cells.map(({ taskId }) => taskId))],
    downstream: 'none' as const,
    existing: 'rerun' as const,
    concurrency: 16,
    cells,
    ...change,
  };
  return { ...backfill, key: [backfill.tenant, backfill.id] };
}

/** Saves tasks with so many slots each. */
export async function saveTasks(
  store: Store,
  tenant: string,
  parallel: Record<string, number>,
): Promise<void> {
  for (const [id, maxParallel] of Object.entries(parallel)) {
    const task = sampleTask({ tenant, id, runPolicy: { ...defaultRunPolicy, maxParallel } });
    await store.tasks.project(batchOf({ task }));
  }
}

/** How one cell ended, for a step. */
export function ended(
  taskId: string,
  nr: number,
  status: CellEnd['status'] = 'succeeded',
  change: Partial<CellEnd> = {},
): { taskId: string; cells: CellEnd[] } {
  const end = { scheduleTime: hour(nr), status, runId: newId(), reason: null, ...change };
  return { taskId, cells: [end] };
}

/** What a step hands out, as `task@hour`, in order of the names. */
export function handedOut(step: BackfillStep): string[] {
  return step.taken
    .flatMap(({ taskId, cells }) =>
      cells.map(({ scheduleTime }) => nameOf({ taskId, scheduleTime })),
    )
    .toSorted();
}

/** Ends for all that a step hands out; each run is named after its cell. */
export function endsOf(
  { taken }: BackfillStep,
  status: CellEnd['status'] = 'succeeded',
): { taskId: string; cells: CellEnd[] }[] {
  return taken.map(({ taskId, cells }) => ({
    taskId,
    cells: cells.map(({ scheduleTime }) => {
      const runId = nameOf({ taskId, scheduleTime });
      return { scheduleTime, status, runId, reason: null };
    }),
  }));
}

export function nameOf({ taskId, scheduleTime }: { taskId: string; scheduleTime: string }): string {
  return `${taskId}@${(Date.parse(scheduleTime) - Date.UTC(2026, 0, 1)) / 3_600_000}`;
}

/** One backfill, with a driver that numbers its steps. */
export class Driven {
  #number = 0;

  constructor(
    private readonly store: Store,
    readonly tenant: string,
    readonly id: string,
  ) {}

  /** The next step. */
  step(...ends: { taskId: string; cells: CellEnd[] }[]): Promise<BackfillStep> {
    this.#number += 1;
    return this.again(...ends);
  }

  /** The former step, once more. */
  again(...ends: { taskId: string; cells: CellEnd[] }[]): Promise<BackfillStep> {
    const step = { number: this.#number, ends, reconcile: false };
    return this.store.backfills.advance(this.tenant, this.id, step);
  }

  reconcile(): Promise<BackfillStep> {
    this.#number += 1;
    const step = { number: this.#number, ends: [], reconcile: true };
    return this.store.backfills.advance(this.tenant, this.id, step);
  }

  become(from: BackfillStatus, to: BackfillStatus): Promise<StoredBackfill | null> {
    return this.store.backfills.changeStatus(this.tenant, this.id, [from], to);
  }

  async cells(): Promise<CellView[]> {
    const filter = { state: null, taskId: null };
    const page = { pageSize: 1000, pageToken: null };
    const { items } = await this.store.backfills.cells(this.tenant, this.id, filter, page);
    return items;
  }

  /** State of every cell, by `task@hour`. */
  async states(): Promise<Record<string, CellState>> {
    const cells = await this.cells();
    return Object.fromEntries(cells.map((one) => [nameOf(one), one.state]));
  }

  async status(): Promise<string | undefined> {
    return (await this.store.backfills.find(this.tenant, this.id))?.status;
  }
}

/** Saves a backfill and gives its driver. */
export async function drive(store: Store, backfill: NewBackfill): Promise<Driven> {
  if (!(await store.backfills.create(backfill))) throw new Error('the id is there already');
  return new Driven(store, backfill.tenant, backfill.id);
}
