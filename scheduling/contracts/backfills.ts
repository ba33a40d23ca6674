/** Backfills. */
import type {
  BackfillRequest,
  BackfillStatus,
  BackfillView,
  CellState,
  CellView,
  PlanView,
} from '../../model/backfill';
import type { Page, PageRequest } from '../../model/page';
import type { Caller } from '../../model/people';

export interface BackfillService {
  /** Plans only. */
  plan(caller: Caller, request: BackfillRequest): Promise<PlanView>;
  /** `idempotencyKey` makes the id. @throws TablegateError confirmationNeeded past 10,000 cells */
  create(
    caller: Caller,
    request: BackfillRequest,
    idempotencyKey: string | null,
  ): Promise<BackfillView>;
  /**
   * Starts several, all or none: each is planned before the first one starts, and where one cannot
   * be started after all, those that were are cancelled, what runs of them too.
   * @returns their ids
   */
  createAll(caller: Caller, requests: readonly BackfillRequest[]): Promise<string[]>;
  get(caller: Caller, id: string): Promise<BackfillView>;
  list(
    caller: Caller,
    filter: { status: BackfillStatus | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<BackfillView>>;
  cells(
    caller: Caller,
    id: string,
    filter: { state: CellState | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<CellView>>;
  pause(caller: Caller, id: string): Promise<BackfillView>;
  resume(caller: Caller, id: string): Promise<BackfillView>;
  /** `drain`: what runs comes to its end; `kill`: it is cancelled. */
  cancel(caller: Caller, id: string, mode: 'drain' | 'kill'): Promise<BackfillView>;
  retryFailed(caller: Caller, id: string): Promise<BackfillView>;
  /**
   * A table trigger by API at schedule times (rule 8): recurring tasks that list or read the table
   * are made or rerun with their downstream, triggered ones rerun or marked.
   * @throws TablegateError tableNotFound for a table that is neither registered nor in any task
   */
  triggerTable(
    caller: Caller,
    call: { table: string; times: string[] | { startTime: string; endTime: string } },
    options: { plainTimes: boolean; receipt: string; idempotencyKey?: string | null },
  ): Promise<{ backfillId: string | null; cells: number; marks: number }>;
}
