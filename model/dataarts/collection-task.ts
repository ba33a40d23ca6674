/** Collection tasks as DataArts' clients send them. Names and types are the vendor's. */
import { z } from 'zod';
import { ExactNumber } from '../exact-json';

/** An optional text; null counts as left out, as in the vendor's own example. */
const text = z.string().nullish();
/** A mandatory text. */
const needed = z.string().min(1, 'it is empty; it must be a text of at least one character');

/** A whole number, however long; one that a double holds comes out as such. */
const whole = z
  .unknown()
  .transform((value) => (value instanceof ExactNumber ? wholeOf(value) : value))
  .refine(
    (value) => value === null || typeof value === 'bigint' || Number.isInteger(value),
    'it must be a whole number',
  )
  .transform((value) => (typeof value === 'bigint' ? Number(value) : (value as number | null)));

/** `10.0` and `1e1` are 10; an integer beyond a double stays whole. */
function wholeOf({ text: written }: ExactNumber): unknown {
  if (/^-?\d+$/.test(written)) return BigInt(written);
  return Number(written);
}

function wholeFrom(least: number, most: number, description: string) {
  return whole
    .refine((value) => value === null || (value >= least && value <= most), {
      message: `it must be a whole number from ${least} to ${most}`,
    })
    .optional()
    .meta({ type: ['integer', 'null'], minimum: least, maximum: most, description });
}

/** What a timer holds (24.8 days), in minutes. */
const longestTimeout = 35_791;

export const scheduleTypes = ['RUN_ONCE', 'CRON'] as const;

export const schedulerInfoSchema = z
  .looseObject({
    cron_expression: text.meta({
      description: 'Quartz with 6 or 7 fields, seconds first; decides over `interval`',
      examples: ['0 30 2 * * ?'],
    }),
    end_time: text.meta({ description: 'ISO 8601: nothing starts by itself after it' }),
    max_time_out: wholeFrom(
      0,
      longestTimeout,
      'Minutes after which a run is ended; 0: it has all the time it wants',
    ),
    interval: text.meta({
      description: 'Counts only without `cron_expression`',
      examples: ['15 minutes'],
    }),
    schedule_type: text
      .refine(
        (value) => !value || scheduleTypes.some((type) => type === value.toUpperCase()),
        `it must be ${scheduleTypes.join(' or ')}`,
      )
      .meta({ enum: [...scheduleTypes, null] }),
    start_time: text.meta({
      description: 'ISO 8601: nothing starts by itself before it',
      examples: ['2026-04-14T00:00:00 +08'],
    }),
    job_id: whole.optional().meta({ type: ['integer', 'null'], description: 'Kept as sent' }),
    enabled: wholeFrom(0, 1, '0: nothing starts by itself'),
  })
  .meta({ id: 'DataArtsSchedulerInfo' });
export type SchedulerInfo = z.infer<typeof schedulerInfoSchema>;

const names = z.array(z.string()).nullish();
const flag = z.boolean().nullish();

export const taskConfigSchema = z
  .looseObject({
    data_connection_name: text.meta({ description: 'Name of the connection' }),
    data_connection_id: text.meta({
      description: 'Taken for its name where there is none of `data_connection_name`',
    }),
    databaseName: names.meta({ description: 'Databases; none: all' }),
    tableName: names.meta({ description: '`database.table` each; none: all' }),
    alive_object_policy: text.meta({ examples: ['3'] }),
    deleted_object_policy: text.meta({ examples: ['3'] }),
    enableDataProfile: flag,
    enableDataClassification: flag,
    enable_table_filter_by_regex: flag.meta({
      description: 'The entries of `tableName` are regular expressions',
    }),
  })
  .meta({ id: 'DataArtsTaskConfig', description: 'Other keys are kept as sent' });
export type TaskConfig = z.infer<typeof taskConfigSchema>;

const customMetadataSchema = z
  .looseObject({ description: text, type: text, task_id: text })
  .meta({ id: 'DataArtsCustomMetadata' });

const byTheService = 'The service has its own';

export const collectionTaskSchema = z
  .looseObject({
    id: text.meta({ description: byTheService }),
    name: needed.meta({ examples: ['Test collection 110'] }),
    description: text,
    user_id: needed,
    create_time: text.meta({ description: byTheService }),
    project_id: text.meta({ description: 'Kept as sent; the project is that of the path' }),
    dir_id: needed.meta({ description: 'Id of a directory; `0`: the root', examples: ['0'] }),
    schedule_config: schedulerInfoSchema,
    parameter_config: z.array(customMetadataSchema).nullish(),
    update_time: text.meta({ description: byTheService }),
    user_name: text.meta({ description: byTheService }),
    path: text.meta({ description: byTheService }),
    last_run_time: text.meta({ description: byTheService }),
    start_time: text.meta({ description: 'Kept as sent; `schedule_config.start_time` counts' }),
    end_time: text.meta({ description: 'Kept as sent; `schedule_config.end_time` counts' }),
    next_run_time: text.meta({ description: byTheService }),
    duty_person: text.meta({ description: 'Owner of the task' }),
    update_type: text,
    data_source_type: needed.meta({ examples: ['DLI'] }),
    task_config: taskConfigSchema,
    data_source_workspace_id: text,
  })
  .meta({ id: 'DataArtsCollectionTask' });
export type CollectionTask = z.infer<typeof collectionTaskSchema>;

const usualLimit = 10;
/** Most tasks of one answer. */
const mostListed = 1000;

export const taskQuerySchema = z
  .looseObject({
    user_name: text.meta({ description: 'Part of the name of whoever made it' }),
    name: text.meta({ description: 'Part of its name, whatever the case' }),
    data_source_type: text,
    data_connection_id: text,
    start_time: text.meta({ description: 'ISO 8601: made at this time or later' }),
    end_time: text.meta({ description: 'ISO 8601: made at this time or earlier' }),
    directory_id: text,
    bucket_name: text.meta({ description: '`bucketName` or `bucket_name` of its `task_config`' }),
    limit: wholeFrom(1, mostListed, `Most tasks of one answer; ${usualLimit} where it is left out`),
    offset: wholeFrom(0, 2_147_483_647, 'Tasks that are passed over; 0 where it is left out'),
  })
  .transform(({ limit, offset, ...filter }) => ({
    ...filter,
    limit: limit ?? usualLimit,
    offset: offset ?? 0,
  }))
  .meta({ id: 'DataArtsTaskQuery' });
export type TaskQuery = z.infer<typeof taskQuerySchema>;
