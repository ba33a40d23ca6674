import { z } from 'zod';
import { missingEnd, namedTimesFields } from '../../model/named-times';
import { newReceipt } from '../receipt';
import { scheduleTimeText } from './fields';
import { manyTimesLimit, route } from './route';

const tableTriggerBody = z
  .strictObject({ scheduleTime: scheduleTimeText.nullable().optional(), ...namedTimesFields })
  .superRefine((body, context) => {
    const { scheduleTime, scheduleTimes, startTime, endTime } = body;
    const issue = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    const isRange = startTime !== undefined || endTime !== undefined;
    const ways = [scheduleTime != null, scheduleTimes !== undefined, isRange];
    const missing = missingEnd(body);
    if (ways.filter(Boolean).length > 1) {
      issue('scheduleTimes', 'give scheduleTime, scheduleTimes, or startTime and endTime');
    } else if (missing) {
      issue(missing.path, missing.message);
    }
  });

/** The times that a call names; null: it names none. */
function timesOf(body: z.output<typeof tableTriggerBody> = {}) {
  const { scheduleTime = null, scheduleTimes, startTime, endTime } = body;
  if (startTime !== undefined && endTime !== undefined) return { startTime, endTime };
  return scheduleTimes ?? (scheduleTime === null ? null : [scheduleTime]);
}

export const tableTriggerRoutes = [
  route({
    method: 'post',
    path: '/api/v1/tables/{table}:trigger',
    role: 'operator',
    tags: ['Tables'],
    summary: 'Say that a table has arrived, to all tasks that list or read it',
    description:
      'Without a time, it is marked in the open round of each triggered task. With times, recurring ' +
      'tasks run or rerun those instances and all that comes after them, triggered ones rerun an ' +
      'instance that there is and else are marked. Times without an offset are read in the timezone ' +
      'of each task.',
    body: tableTriggerBody.optional(),
    bodyLimit: manyTimesLimit,
    status: 202,
    answer: z
      .object({
        backfillId: z.string().nullable().meta({ description: 'Null: nothing is run at once' }),
        cells: z.number().int().meta({ description: 'Instances in the backfill' }),
        marks: z.number().int().meta({ description: 'Tables marked, over tasks and times' }),
      })
      .meta({ id: 'TableTrigger' }),
    errors: ['tableNotFound', 'tooManyTriggers', 'temporalUnavailable'],
    handler: async ({ scheduling, caller, params: { table }, body, idempotencyKey }) => {
      const call = { receipt: newReceipt(), idempotencyKey };
      const times = timesOf(body);
      if (times !== null) {
        const options = { ...call, plainTimes: false };
        return scheduling.backfills.triggerTable(caller, { table, times }, options);
      }
      const { marks } = await scheduling.triggers.callTable(caller, table, call);
      return { backfillId: null, cells: 0, marks };
    },
  }),
];
