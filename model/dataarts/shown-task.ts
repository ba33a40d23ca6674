/**
 * A collection task as DataArts' clients read it: what was sent, with what the service knows better.
 * What was changed of the task elsewhere since, by the console or the native API, is shown as it is
 * now.
 */
import { deepEqual } from '../deep-equal';
import type { Recurrence } from '../recurrence';
import type { TaskView } from '../task';
import { jobFields, type CollectionDefinition } from './definition';

/** What of the scheduling task was made of the body, as it was saved with it. */
export type MadeOfBody = Pick<
  CollectionDefinition,
  'kind' | 'recurrence' | 'timezone' | 'job' | 'runPolicy'
>;

/** A body as it was sent. */
export type SentBody = Record<string, unknown>;

/** All fields that the vendor's model has; what was not sent is null. */
const fields = [
  ...['id', 'name', 'description', 'user_id', 'create_time', 'project_id', 'dir_id'],
  ...['schedule_config', 'parameter_config', 'update_time', 'user_name', 'path'],
  ...['last_run_time', 'start_time', 'end_time', 'next_run_time', 'duty_person', 'update_type'],
  ...['data_source_type', 'task_config', 'data_source_workspace_id'],
];

/** @param path names from the root to its directory */
export function shownTask(
  task: TaskView,
  { sent, made, path }: { sent: SentBody; made: MadeOfBody; path: string },
): SentBody {
  return {
    ...Object.fromEntries(fields.map((field) => [field, null])),
    ...sent,
    id: task.id,
    name: task.name,
    ...whereChanged(sent.description ?? '', task.description, { description: task.description }),
    ...whereChanged(sent.duty_person || null, task.owner, { duty_person: task.owner }),
    create_time: task.createdAt,
    update_time: task.updatedAt,
    user_name: task.creator,
    path,
    last_run_time: task.latestRun?.queuedAt ?? null,
    next_run_time: task.nextRunTime,
    schedule_config: scheduleConfig(task, sent.schedule_config as SentBody, made),
    task_config: taskConfig(task, sent.task_config as SentBody, made),
  };
}

/** The field as it is now, where that is not what was sent. */
function whereChanged(sent: unknown, now: unknown, field: SentBody): SentBody {
  return sent === now ? {} : field;
}

function scheduleConfig(task: TaskView, sent: SentBody, made: MadeOfBody): SentBody {
  const isOn = sent.enabled !== 0;
  const { timeout } = task.runPolicy;
  const timeoutSent = (made.runPolicy.timeout ?? null) === timeout;
  return {
    ...(isSameTime(task, made) ? sent : { ...sent, ...timeNow(task) }),
    ...(isOn === task.paused && { enabled: task.paused ? 0 : 1 }),
    ...(!timeoutSent && { max_time_out: timeout === null ? 0 : Math.ceil(timeout / 60) }),
  };
}

function isSameTime(task: TaskView, made: MadeOfBody): boolean {
  const timeOf = ({ kind, recurrence, timezone }: MadeOfBody | TaskView) => {
    // Of a task without times nobody asks in which timezone it has none.
    return recurrence === null ? { kind } : { kind, recurrence, timezone };
  };
  return deepEqual(timeOf(task), timeOf(made));
}

function timeNow({ recurrence }: TaskView): SentBody {
  const none = { cron_expression: null, interval: null, start_time: null, end_time: null };
  if (recurrence === null) return { ...none, schedule_type: null };
  return {
    ...none,
    schedule_type: 'CRON',
    cron_expression: cronOf(recurrence),
    start_time: recurrence.startTime,
    end_time: recurrence.endTime,
  };
}

function cronOf(recurrence: Recurrence): string {
  if ('cron' in recurrence) return recurrence.cron;
  const clock = recurrence.every === 'day' ? recurrence.at : recurrence.from;
  const [hour = 0, minute = 0, second = 0] = clock.split(':').map(Number);
  const hours = recurrence.every === 'day' ? String(hour) : `${hour}/${recurrence.interval}`;
  return `${second} ${minute} ${hours} * * ?`;
}

function taskConfig({ job }: TaskView, sent: SentBody, made: MadeOfBody): SentBody {
  const changed = Object.entries(jobFields).filter(
    ([ours]) => !deepEqual(job.config[ours], made.job.config[ours]),
  );
  const { connection } = job.config;
  return {
    ...sent,
    ...Object.fromEntries(changed.map(([ours, theirs]) => [theirs, job.config[ours] ?? null])),
    ...(connection !== made.job.config.connection && { data_connection_name: connection }),
  };
}
