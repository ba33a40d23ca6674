/** Trigger calls, and what waits for them. */
import type { CountedPage, Page, PageRequest } from '../../model/page';
import type { Caller } from '../../model/people';
import type { LedgerEntry, ReceiptView } from '../../model/trigger';
import type { WaitingTask } from '../../model/waiting';
import type { LedgerFilter, WaitingQuery } from '../../store/store';

export interface AcceptedTrigger {
  receipt: string;
  taskId: string;
  tenant: string;
  /** ISO 8601 in UTC; null for an undated call. */
  scheduleTime: string | null;
}

export interface TriggerService {
  /**
   * A call of a trigger URL. Resolves once Temporal has stored the signal.
   * @throws TablegateError triggerUrlRefused, tooManyTriggers, temporalUnavailable, storeUnavailable, invalidInput (schedule time)
   */
  callUrl(call: {
    token: string;
    receipt: string;
    caller: string;
    /** Text as sent; null for an undated call. */
    scheduleTime: string | null;
    idempotencyKey: string | null;
  }): Promise<AcceptedTrigger>;
  /** The same with a key of the API: `POST /tasks/{id}/triggers`. */
  call(
    caller: Caller,
    taskId: string,
    call: {
      table: string;
      scheduleTime: string | null;
      receipt: string;
      idempotencyKey: string | null;
    },
  ): Promise<AcceptedTrigger>;
  /**
   * Says that a table has arrived to every triggered task that lists it, in their open rounds.
   * @returns how many tasks were told
   * @throws TablegateError tableNotFound for a table that is not known
   */
  callTable(
    caller: Caller,
    table: string,
    call: { receipt: string; idempotencyKey: string | null },
  ): Promise<{ marks: number }>;
  /** What became of a call; waits at most 5 s, then null. */
  outcome(accepted: AcceptedTrigger): Promise<ReceiptView | null>;
  ledger(
    caller: Caller,
    taskId: string,
    filter: LedgerFilter,
    page: PageRequest,
  ): Promise<Page<LedgerEntry>>;
  apply(caller: Caller, taskId: string, receipt: string): Promise<LedgerEntry>;
}

export interface WaitingService {
  /** Tasks with gates that wait, and when what is missing usually comes; longest waiting first. */
  board(caller: Caller, query: WaitingQuery, page: PageRequest): Promise<CountedPage<WaitingTask>>;
}
