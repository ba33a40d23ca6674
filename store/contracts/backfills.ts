/** Backfills and their cells. */
import type {
  BackfillStatus,
  BackfillStep,
  BackfillView,
  CellEnd,
  CellState,
  CellView,
  ExistingChoice,
  PlannedCell,
} from '../../model/backfill';
import type { Page, PageRequest } from '../../model/page';
import type { RunStatus } from '../../model/run';

/** How an instance stands. */
export interface KnownInstance {
  scheduleTime: string;
  attempts: number;
  status: RunStatus;
  runId: string;
}

export interface NewBackfill {
  tenant: string;
  id: string;
  startedBy: BackfillView['startedBy'];
  startedByUser: string;
  /** Tasks that were asked for (not those downstream). */
  taskIds: string[];
  downstream: 'none' | 'matching';
  existing: ExistingChoice;
  concurrency: number;
  cells: PlannedCell[];
}

export interface BackfillStore {
  /** Saves a backfill, `running`, with its whole plan in one transaction. False where the id is there. */
  create(backfill: NewBackfill): Promise<boolean>;
  find(tenant: string, id: string): Promise<StoredBackfill | null>;
  list(
    tenant: string,
    filter: { status: BackfillStatus | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<StoredBackfill>>;
  cells(
    tenant: string,
    id: string,
    filter: { state: CellState | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<CellView>>;
  /**
   * One step of a driver: notes ends, blocks what needs a cell that ended badly, hands out up to
   * `concurrency` minus those under way (none unless `running`), and closes the backfill when nothing
   * waits or runs. Where much is to be blocked or let go it takes several transactions, so that other
   * backfills come in between. Safe to repeat: the same `step` hands out the same cells.
   * @param step.number grows with every step of a driver
   * @param step.reconcile also looks at cells that have been under way for long: those whose run
   *   has ended in the records are ended, the others are handed out again
   */
  advance(
    tenant: string,
    id: string,
    step: { number: number; ends: { taskId: string; cells: CellEnd[] }[]; reconcile: boolean },
  ): Promise<BackfillStep>;
  /** Drops all cells of a removed task that have not ended, and blocks what needs them. */
  dropTask(tenant: string, id: string, taskId: string): Promise<void>;
  /**
   * In no plan of the tenant anything waits for cells of this task any more. What was blocked for
   * want of them alone waits again in plans that go on; in the others `retry` takes it.
   * @returns ids of those that go on, whose drivers are to look at them again
   */
  detachTask(tenant: string, taskId: string): Promise<string[]>;
  /** Moves to another status where the present one is in `from`; null where it is not. */
  changeStatus(
    tenant: string,
    id: string,
    from: readonly BackfillStatus[],
    to: BackfillStatus,
  ): Promise<StoredBackfill | null>;
  /** Failed, timed-out, cancelled and blocked cells wait again, and it is `running`. How many. */
  retry(tenant: string, id: string): Promise<number>;
  /** Backfills of all tenants that need a driver, for the watchdog. */
  live(): Promise<{ tenant: string; id: string }[]>;
}

/** A backfill as stored; its estimated end is made when it is read. */
export interface StoredBackfill extends Omit<BackfillView, 'estimatedEnd'> {
  /** When cells were last handed out anew: the begin of its present stretch of work. */
  resumedAt: string;
  /** Cells that have ended since. */
  endedSince: number;
}
