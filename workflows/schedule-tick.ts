import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { openCalendar } from '../model/calendar';
import { tickSignal, type ScheduleTickInput } from '../model/messages';
import { taskWorkflowId } from '../model/names';

/** Set by the server on all that a Schedule starts: the due time, however late the start was. */
const dueTime = defineSearchAttributeKey(
  'TemporalScheduledStartTime',
  SearchAttributeType.DATETIME,
);

/** Hands a due time to its task and ends. Where the task is gone there is nobody to be told. */
export async function scheduleTick(input: ScheduleTickInput): Promise<void> {
  const due = workflowInfo().typedSearchAttributes.get(dueTime) ?? new Date();
  const next = openCalendar(input.recurrence, input.timezone).next(due.getTime());
  const task = getExternalWorkflowHandle(taskWorkflowId(input.tenant, input.taskId));
  try {
    await task.signal(tickSignal, {
      scheduleTime: due.toISOString(),
      nextTime: next === null ? null : new Date(next).toISOString(),
    });
  } catch {
    // The task was removed; its Schedule is on its way out too.
  }
}
