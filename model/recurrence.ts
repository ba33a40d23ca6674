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
  /** First and last instant that belong to it; text without offset is read in the task's timezone. */
  startTime: z
    .string()
    .nullable()
    .default(null)
    .meta({ examples: ['2026-01-01 00:00:00'] }),
  endTime: z.string().nullable().default(null),
  /** `skip` records success without any work. */
  mode: z.enum(['normal', 'skip']).default('normal'),
  catchUp: z.enum(catchUpPolicies).default('latest'),
};

const dailySchema = z.strictObject({ every: z.literal('day'), at: clockSchema, ...common });
const hourlySchema = z.strictObject({
  every: z.literal('hour'),
  from: clockSchema.default('00:00'),
  interval: z.number().int().min(1).max(24).default(1),
  ...common,
});
const cronSchema = z.strictObject({
  cron: z
    .string()
    .min(1)
    .max(500)
    .meta({ examples: ['0 30 2 * * ?'] }),
  ...common,
});

/**
 * Daily, hourly or cron. `startTime` and `endTime` are ISO 8601 in UTC once they are part of a
 * definition (`settleRecurrence`).
 */
export const recurrenceSchema = z.union([dailySchema, hourlySchema, cronSchema]);
export type Recurrence = z.infer<typeof recurrenceSchema>;
