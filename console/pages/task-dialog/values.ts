/** What stands in the fields of the dialog, and how it is sent. */
import type { Body, Schemas } from '../../api/client';
import { frequencyOf, type Frequency, type Recurrence } from '../tasks/method';
import { takeRegion, withRegion, type Config } from './phone-region';

type Task = Schemas['Task'];
export type TaskBody = Body<'POST /tasks'>;

export interface Cycle {
  mode: 'day' | 'hour' | 'cron';
  at: string;
  from: string;
  interval: number;
  cron: string;
  startTime: string;
  endTime: string;
  catchUp: 'latest' | 'none' | 'all';
  runs: 'normal' | 'skip';
}

export interface TaskValues {
  name: string;
  description: string;
  tables: string[];
  /** Those of the tables that other tasks mark, not a URL. */
  markedByTask: string[];
  frequency: Frequency;
  cycle: Cycle;
  /** Tasks without a recurring start may have schedule times all the same, for backfills. */
  hasTimes: boolean;
  timezone: string | undefined;
  jobType: string;
  output: string;
  analysisSource: string;
  /** Whose phones those without country code are, as in `CN`; empty: not set. */
  phoneRegion: string;
  /** The rest of the job's config, as JSON. */
  config: string;
  whileRunning: 'ignore' | 'latch';
  timeoutMinutes: number | null;
  rerunMode: Task['runPolicy']['rerunMode'];
  rerunTimes: number;
  rerunInterval: number;
  maxParallel: number;
  gateExpiryDays: number;
  dependsOn: string[];
  owner: string;
  webhooks: { url: string; events: NoticeEvent[] }[];
  /** After how long an open gate is late; null: it is never late. */
  deadlineMinutes: number | null;
}

export const noticeEvents = ['runFailed', 'runRecovered', 'gateLate', 'gateExpired'] as const;
type NoticeEvent = (typeof noticeEvents)[number];

const newCycle: Cycle = {
  ...{ mode: 'day', at: '02:00', from: '00:00', interval: 1, cron: '0 0 2 * * ?' },
  ...{ startTime: '', endTime: '', catchUp: 'latest', runs: 'normal' },
};

export const newTask: TaskValues = {
  ...{ name: '', description: '', tables: [], markedByTask: [], frequency: 'manual' },
  ...{ cycle: newCycle, hasTimes: false, timezone: undefined },
  ...{ jobType: 'id-mapping', output: '', analysisSource: '', phoneRegion: '', config: '' },
  ...{ whileRunning: 'ignore', timeoutMinutes: null, rerunMode: 'AllAllowed' },
  ...{ rerunTimes: 0, rerunInterval: 60, maxParallel: 1, gateExpiryDays: 30 },
  ...{ dependsOn: [], owner: '', webhooks: [], deadlineMinutes: null },
};

export function valuesOf(task: Task): TaskValues {
  const { output, analysisSource, ...others } = task.job.config;
  const { phoneRegion, config } = takeRegion(others);
  const { runPolicy: policy } = task;
  const deadline = task.notifications?.deadline ?? null;
  return {
    name: task.name,
    description: task.description,
    tables: task.tables.map(({ name }) => name),
    markedByTask: task.tables.filter(({ by }) => by === 'task').map(({ name }) => name),
    frequency: frequencyOf(task),
    cycle: cycleOf(task.recurrence),
    hasTimes: task.recurrence !== null,
    timezone: task.timezone,
    jobType: task.job.type,
    output: typeof output === 'string' ? output : '',
    analysisSource: typeof analysisSource === 'string' ? analysisSource : '',
    phoneRegion,
    config: Object.keys(config).length > 0 ? JSON.stringify(config, null, 2) : '',
    whileRunning: task.whileRunning,
    timeoutMinutes: policy.timeout === null ? null : policy.timeout / 60,
    rerunMode: policy.rerunMode,
    rerunTimes: policy.rerunTimes,
    rerunInterval: policy.rerunInterval,
    maxParallel: policy.maxParallel,
    gateExpiryDays: policy.gateExpiry / 86_400,
    dependsOn: task.dependsOn,
    owner: task.owner ?? '',
    webhooks: (task.notifications?.webhooks ?? []).map(({ url, events = [...noticeEvents] }) => ({
      url,
      events,
    })),
    deadlineMinutes: deadline === null ? null : deadline / 60,
  };
}

export function cycleOf(recurrence: Recurrence | null): Cycle {
  if (recurrence === null) return newCycle;
  const { startTime, endTime, catchUp = 'latest', mode = 'normal' } = recurrence;
  const common = { startTime: startTime ?? '', endTime: endTime ?? '', catchUp, runs: mode };
  if ('cron' in recurrence) return { ...newCycle, ...common, mode: 'cron', cron: recurrence.cron };
  if (recurrence.every === 'day') return { ...newCycle, ...common, mode: 'day', at: recurrence.at };
  const { from = '00:00', interval = 1 } = recurrence;
  return { ...newCycle, ...common, mode: 'hour', from, interval };
}

/** @returns the recurrence that the cycle stands for */
export function recurrenceOf(cycle: Cycle): Recurrence {
  const common = {
    startTime: cycle.startTime || null,
    endTime: cycle.endTime || null,
    catchUp: cycle.catchUp,
    mode: cycle.runs,
  };
  if (cycle.mode === 'cron') return { cron: cycle.cron.trim(), ...common };
  if (cycle.mode === 'day') return { every: 'day', at: cycle.at, ...common };
  return { every: 'hour', from: cycle.from, interval: cycle.interval, ...common };
}

/** The cycle that a frequency goes by: hours of a day, or a time of day or cron. */
export function cycleFor(frequency: Frequency, cycle: Cycle): Cycle {
  if (frequency === 'hourly') return { ...cycle, mode: 'hour' };
  if (frequency === 'daily' && cycle.mode === 'hour') return { ...cycle, mode: 'day' };
  return cycle;
}

const kindOf = (frequency: Frequency): Task['kind'] =>
  frequency === 'daily' || frequency === 'hourly' ? 'recurring' : frequency;

/** The body of the call that saves. */
export function bodyOf(values: TaskValues): TaskBody {
  const { frequency } = values;
  const kind = kindOf(frequency);
  const timed = kind === 'recurring' || values.hasTimes;
  const typed = values.config.trim() ? (JSON.parse(values.config) as Config) : {};
  const isIdMapping = values.jobType === 'id-mapping';
  const config = isIdMapping ? withRegion(typed, values.phoneRegion.trim().toUpperCase()) : typed;
  if (values.output.trim()) config['output'] = values.output.trim();
  if (values.analysisSource) config['analysisSource'] = values.analysisSource;
  return {
    name: values.name.trim(),
    description: values.description,
    owner: values.owner.trim() || null,
    kind,
    tables: values.tables.map((name) => ({
      name,
      by: kind === 'triggered' && values.markedByTask.includes(name) ? 'task' : 'url',
    })),
    recurrence: timed ? recurrenceOf(cycleFor(frequency, values.cycle)) : null,
    ...(values.timezone && { timezone: values.timezone }),
    job: { type: values.jobType, config },
    whileRunning: values.whileRunning,
    runPolicy: {
      timeout: values.timeoutMinutes === null ? null : Math.round(values.timeoutMinutes * 60),
      rerunMode: values.rerunMode,
      rerunTimes: values.rerunTimes,
      rerunInterval: values.rerunInterval,
      maxParallel: values.maxParallel,
      gateExpiry: Math.round(values.gateExpiryDays * 86_400),
    },
    dependsOn: values.dependsOn,
    notifications: notificationsOf(values),
  };
}

function notificationsOf({ webhooks, deadlineMinutes }: TaskValues): TaskBody['notifications'] {
  if (webhooks.length === 0 && deadlineMinutes === null) return null;
  const deadline = deadlineMinutes === null ? null : Math.round(deadlineMinutes * 60);
  return { webhooks, deadline };
}

/** Which field of the dialog a path of the API's refusal belongs to. */
export function fieldOf(path: string): keyof TaskValues | null {
  const [first = '', second = ''] = path.split(/[.[\]]+/);
  const fields: Record<string, keyof TaskValues> = {
    ...{ name: 'name', description: 'description', tables: 'tables', kind: 'frequency' },
    ...{ recurrence: 'cycle', timezone: 'timezone', dependsOn: 'dependsOn', owner: 'owner' },
    ...{ notifications: 'deadlineMinutes' },
    'job.type': 'jobType',
    'job.config': 'config',
    'runPolicy.timeout': 'timeoutMinutes',
    'runPolicy.rerunTimes': 'rerunTimes',
    'runPolicy.rerunInterval': 'rerunInterval',
    'runPolicy.maxParallel': 'maxParallel',
    'runPolicy.gateExpiry': 'gateExpiryDays',
  };
  if (path === 'job.config.output') return 'output';
  if (path === 'job.config.idTypes.phone.region') return 'phoneRegion';
  if (path === 'job.config.analysisSource') return 'analysisSource';
  return fields[`${first}.${second}`] ?? fields[first] ?? null;
}
