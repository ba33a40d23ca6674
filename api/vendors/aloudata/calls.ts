/** The two calls, and what their bodies hold. Fields that are not known are ignored. */
import { z } from 'zod';
import { maxNamedTimes } from '../../../model/named-times';
import { parseInput } from '../../../model/field-errors';
import { noControlCharacters } from '../../../model/fields';
import { plainTimeFault } from './plain-time';

/** What a body asks for, as the service takes it. */
export interface TableCall {
  table: string;
  times: string[] | { startTime: string; endTime: string };
}

const describedTime = {
  description:
    '`yyyy-MM-dd HH:mm:ss`, read in the time zone of each task. A repeated hour means its first ' +
    'occurrence, a skipped one is refused',
  examples: ['2026-01-20 00:00:00'],
};

const timeText = z
  .string()
  .superRefine((text, context) => {
    const message = plainTimeFault(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .meta(describedTime);

const tableName = z
  .string()
  .max(255, 'at most 255 characters are allowed')
  .regex(noControlCharacters, 'no control characters are allowed')
  .refine((name) => !/\p{Cs}/u.test(name), 'no halves of surrogate pairs are allowed')
  .refine((name) => name.trim() !== '', 'the name of a table is needed')
  .meta({ examples: ['kehuzhisheng.chaos_prod.chaos_onsite_bug'] });

/** Text that both calls begin with; the tenant must be that of the header. */
const begin = (tenant: string | null) => ({
  tableName,
  tenantId: z
    .string()
    .refine(
      (id) => tenant === null || id === tenant,
      'it must be the same as in the header `tenant-id`',
    )
    .meta({ description: 'The same as in the header `tenant-id`' }),
});

/** The length is judged first: a list of millions of wrong times would make as many findings. */
const scheduleTimes = z
  .array(z.unknown())
  .min(1, 'at least one time is needed')
  .max(maxNamedTimes, `at most ${maxNamedTimes} times are allowed`)
  .pipe(z.array(timeText))
  .meta({ items: { type: 'string', ...describedTime } });

/** @param tenant the one that the body must name; null: any */
export const pointsSchema = (tenant: string | null) =>
  z.object({ ...begin(tenant), scheduleTimes });

const bothEnds = z.object({ startTime: timeText, endTime: timeText });

/** @param tenant the one that the body must name; null: any */
export const rangeSchema = (tenant: string | null) =>
  z
    .object({ ...begin(tenant), ...bothEnds.shape })
    .refine(({ startTime, endTime }) => startTime <= endTime, {
      path: ['startTime'],
      message: 'it is later than `endTime`',
      // Told beside what is wrong with the other fields.
      when: ({ value }) => bothEnds.safeParse(value).success,
    });

/** @throws TablegateError invalidInput with each field that is wrong */
type Reader = (body: unknown, tenant: string) => TableCall;

const readPoints: Reader = (body, tenant) => {
  const { tableName: table, scheduleTimes: times } = parseInput(pointsSchema(tenant), body, 'body');
  return { table, times };
};

const readRange: Reader = (body, tenant) => {
  const { tableName: table, ...sent } = parseInput(rangeSchema(tenant), body, 'body');
  return { table, times: { startTime: sent.startTime, endTime: sent.endTime } };
};

/** The folder of both calls. */
export const callsPath = '/anymetrics/api/v1/scheduler/task';

/** What reads the body of a call, by the last part of its path. */
export const readers: ReadonlyMap<string, Reader> = new Map([
  ['triggerTableTaskInstanceByScheduleTime', readPoints],
  ['triggerTableTaskInstanceByScheduleTimeRange', readRange],
]);
