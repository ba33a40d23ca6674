/** Which schedule times a task has. */
import { z } from 'zod';

const clockSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'a time of day is written HH:mm or HH:mm:ss')
  .meta({ examples: ['02:30'] });

/** What a due time that came too late becomes; see `judgeTick`. */
export const catchUpPolicies = ['latest', 'none', 'all'] as const;
export type CatchUp = (typeof catchUpPolicies)[number];

const common = {
  startTime: z
    .string()
    .nullable()
    .default(null)
    .meta({
      description:
        'First instant that belongs to it; without an offset it is read in the timezone of the ' +
        'task. Null: it has begun',
      examples: ['2026-01-01 00:00:00'],
    }),
  endTime: z
    .string()
    .nullable()
    .default(null)
    .meta({ description: 'Last instant that belongs to it, read likewise. Null: it has no end' }),
  mode: z
    .enum(['normal', 'skip'])
    .default('normal')
    .meta({ description: '`skip`: due times are recorded as succeeded without any work' }),
  catchUp: z
    .enum(catchUpPolicies)
    .default('latest')
    .meta({
      description:
        'What becomes of due times that come late, after an outage or behind a run: `latest`: only ' +
        'the last one runs, `none`: none that is over 10 minutes late, `all`: each in its turn. The ' +
        'others are recorded as `missed`, or as `skipped` where a run was in progress',
    }),
};

const dailySchema = z.strictObject({
  every: z.literal('day'),
  at: clockSchema.meta({ description: 'Time of day by the clocks of the timezone' }),
  ...common,
});
const hourlySchema = z.strictObject({
  every: z.literal('hour'),
  from: clockSchema.default('00:00').meta({ description: 'The first of each day' }),
  interval: z.number().int().min(1).max(24).default(1).meta({
    description: 'Hours from one to the next; it begins again each day',
  }),
  ...common,
});
const cronSchema = z.strictObject({
  cron: z
    .string()
    .min(1)
    .max(500)
    .meta({
      description:
        'Quartz with 6 or 7 fields, seconds first, or Unix cron with 5, minutes first. In Quartz L, ' +
        'W and # are known, and one of the two fields for days is ?',
      examples: ['0 30 2 * * ?'],
    }),
  ...common,
});

/**
 * Daily, hourly or cron. `startTime` and `endTime` are ISO 8601 in UTC once they are part of a
 * definition (`settleRecurrence`).
 */
export const recurrenceSchema = z.union([dailySchema, hourlySchema, cronSchema]);
export type Recurrence = z.infer<typeof recurrenceSchema>;
