/** Schedule times as one call may name them: one by one, or by a closed range. */
import { z } from 'zod';

/** Most schedule times that one call may name. */
export const maxNamedTimes = 100_000;

/** How a time is written, for readers of the OpenAPI document: `readScheduleTime` judges it. */
export const timePattern =
  '[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' +
  '([Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?( ?[Zz]|[+-](0[0-9]|1[0-8])(:?[0-5][0-9])?)?)?';

const timeText = z
  .string()
  .max(64, 'at most 64 characters are allowed')
  .meta({ pattern: `^${timePattern}$` });

/** The fields of a body, of which a call sends the one or the other. */
export const namedTimesFields = {
  scheduleTimes: z
    .array(timeText)
    .min(1, 'at least one time is needed')
    .max(maxNamedTimes, `at most ${maxNamedTimes} times may be named in one call`)
    .optional()
    .meta({
      description:
        'Schedule times, at most a year ahead, each once: ISO 8601; without an offset they are read ' +
        'in the timezone of each task',
      examples: [['2026-01-20T00:00:00', '2026-01-20T01:00:00']],
    }),
  startTime: timeText.optional().meta({
    description: 'In place of `scheduleTimes`: where a range begins that has all times of a task',
    examples: ['2026-01-01T00:00:00'],
  }),
  endTime: timeText.optional().meta({
    description: 'Where the range ends: this time belongs to it; what is yet to come does not',
    examples: ['2026-01-31T23:59:59'],
  }),
};

/** @returns the end that a range lacks, and what is to be said of it; null where it lacks none */
export function missingEnd({
  startTime,
  endTime,
}: {
  startTime?: string | undefined;
  endTime?: string | undefined;
}): { path: 'startTime' | 'endTime'; message: string } | null {
  if ((startTime === undefined) === (endTime === undefined)) return null;
  return startTime === undefined
    ? { path: 'startTime', message: 'a range needs its start too' }
    : { path: 'endTime', message: 'a range needs its end too' };
}
