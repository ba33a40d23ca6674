/** A collection task of DataArts as one scheduling task of ours. */
import type { FieldError } from '../errors';
import type { TaskDefinition } from '../task';
import type { CollectionTask, TaskConfig } from './collection-task';
import { scheduleOf, type CollectionSchedule } from './schedule';

export const collectionJob = 'metadata-collection';

/** The parts of a definition that a body decides. */
export type CollectionDefinition = Pick<
  TaskDefinition,
  'name' | 'description' | 'owner' | 'kind' | 'recurrence' | 'timezone' | 'job'
> & { runPolicy: { timeout: number | null } };

export interface CollectionPlan {
  definition: CollectionDefinition;
  startNow: boolean;
  /** Null: the body does not say. */
  paused: boolean | null;
}

/** What a body says of its connection, the one to be tried first in front; empty texts are left out. */
export function connectionNamesOf({ task_config: config }: CollectionTask): string[] {
  const { data_connection_name: name, data_connection_id: id } = config;
  return [name, id].filter((text) => typeof text === 'string' && text !== '') as string[];
}

/**
 * @param at.connection name of the connection that it is about
 * @param at.project id of the project in the path
 * @throws TablegateError invalidInput naming the field of the body
 */
export function planOf(
  body: CollectionTask,
  at: { timezone: string; now: Date; connection: string; project: string },
): CollectionPlan {
  const { startNow, ...when } = scheduleOf(body.schedule_config, at);
  const { enabled = null, max_time_out: minutes } = body.schedule_config;
  return {
    definition: {
      name: body.name,
      description: body.description ?? '',
      owner: body.duty_person || null,
      ...whenOf(when),
      job: { type: collectionJob, config: jobConfigOf(body, at) },
      runPolicy: { timeout: minutes ? minutes * 60 : null },
    },
    startNow: startNow && enabled !== 0,
    paused: enabled === null ? null : enabled === 0,
  };
}

function whenOf({ kind, recurrence, timezone }: Omit<CollectionSchedule, 'startNow'>) {
  return { kind, recurrence, timezone };
}

/** Fields of the job, with those of `task_config` that they come from. */
export const jobFields = {
  databases: 'databaseName',
  tables: 'tableName',
  filterByRegex: 'enable_table_filter_by_regex',
  aliveObjectPolicy: 'alive_object_policy',
  deletedObjectPolicy: 'deleted_object_policy',
  profile: 'enableDataProfile',
  classify: 'enableDataClassification',
} as const satisfies Record<string, keyof TaskConfig>;

function jobConfigOf(
  { task_config: config, data_source_type: dataSourceType }: CollectionTask,
  { connection, project }: { connection: string; project: string },
): Record<string, unknown> {
  const sent = Object.entries(jobFields).flatMap(([ours, theirs]) => {
    const value = config[theirs];
    return value === null || value === undefined ? [] : [[ours, value] as const];
  });
  return { connection, ...Object.fromEntries(sent), dataSourceType, projectId: project };
}

/** Where a field of ours stands in the body. */
const places: readonly (readonly [RegExp, string])[] = [
  [/^job\.config\.connection$/, 'task_config.data_connection_name'],
  [/^job\.config\.dataSourceType$/, 'data_source_type'],
  ...Object.entries(jobFields).map(
    ([ours, theirs]) =>
      [new RegExp(`^job\\.config\\.${ours}\\b`), `task_config.${theirs}`] as const,
  ),
  [/^job\.config\b/, 'task_config'],
  [/^runPolicy\.timeout$/, 'schedule_config.max_time_out'],
  [/^recurrence\.startTime$/, 'schedule_config.start_time'],
  [/^recurrence\.endTime$/, 'schedule_config.end_time'],
  [/^owner$/, 'duty_person'],
];

/** The same refusals, each naming the field that the caller has sent. */
export function inVendorsWords(
  fields: readonly FieldError[],
  { schedule_config: schedule }: CollectionTask,
): FieldError[] {
  const isOnce = schedule.schedule_type?.toUpperCase() === 'RUN_ONCE';
  const when = isOnce ? 'start_time' : schedule.cron_expression ? 'cron_expression' : 'interval';
  const all = [...places, [/^recurrence(\.cron)?$/, `schedule_config.${when}`] as const];
  return fields.map(({ path, message }) => {
    const [pattern, theirs] = all.find(([ours]) => ours.test(path)) ?? [];
    return { path: pattern && theirs ? path.replace(pattern, theirs) : path, message };
  });
}
