/** Marks of tables in many tasks or for many times, sent as trigger calls of their own. */
import type { Caller } from '../model/people';
import { receiptOf } from '../store/digests';
import { makeTrigger } from './make-trigger';
import { isRefusal } from './task-refusals';
import type { TriggerQueue } from './trigger-queue';

export interface TableMark {
  taskId: string;
  table: string;
  /** ISO 8601 in UTC; null: the open round. */
  scheduleTime: string | null;
}

/** Marks that are on their way at the same time; the queue of a task refuses more than 10,000. */
const sentAtOnce = 2_000;

/**
 * Resolves when Temporal has stored all of them.
 * @param call.receipt what the receipts of the marks are made of; a lone mark has it itself
 * @throws TablegateError tooManyTriggers, temporalUnavailable: some may have been stored by then
 */
export async function sendMarks(
  queue: Pick<TriggerQueue, 'send'>,
  { tenant, userId, name: caller }: Caller,
  marks: readonly TableMark[],
  call: { receipt: string; idempotencyKey: string | null },
): Promise<void> {
  const send = async (mark: TableMark): Promise<void> => {
    const { taskId, table, scheduleTime } = mark;
    const isLone = marks.length === 1;
    const receipt = isLone ? call.receipt : receiptOf([call.receipt, taskId, table, scheduleTime]);
    const trigger = makeTrigger(
      { ...{ receipt, table, scheduleTime, caller }, idempotencyKey: keyOf(call, mark) },
      `user/${userId}`,
    );
    try {
      await queue.send(tenant, taskId, trigger);
    } catch (error) {
      // It has been removed meanwhile: nothing is left that could be marked.
      if (!isRefusal(error, 'taskNotFound')) throw error;
    }
  };
  for (let from = 0; from < marks.length; from += sentAtOnce) {
    await Promise.all(marks.slice(from, from + sentAtOnce).map(send));
  }
}

/** One call may mark a table at many times; each of them is judged by itself. */
function keyOf({ idempotencyKey }: { idempotencyKey: string | null }, mark: TableMark) {
  return idempotencyKey === null ? null : `${idempotencyKey}/${mark.scheduleTime ?? ''}`;
}
