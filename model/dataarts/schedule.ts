/** What becomes of a `schedule_config`. */
import { isoInZone } from '../calendar';
import { readRangeEnd } from '../calendar/read-time';
import { refuse } from '../calendar/refuse';
import type { Recurrence } from '../recurrence';
import type { SchedulerInfo } from './collection-task';
import { cronOfInterval } from './interval';
import { readVendorTime } from './times';

export interface CollectionSchedule {
  kind: 'manual' | 'recurring';
  recurrence: Recurrence | null;
  timezone: string;
  /** True where a new task has its one run at once. */
  startNow: boolean;
}

/** First and last instant, ISO 8601 in UTC. */
interface Ends {
  startTime: string | null;
  endTime: string | null;
}

/**
 * `RUN_ONCE` runs at once, or once at its start where that is still to come; `CRON` by its expression
 * or, without one, its interval; nothing at all leaves it to people.
 * @param at.timezone of the installation: cron expressions, and times without an offset, are read in it
 * @throws TablegateError invalidInput naming the field of the body
 */
export function scheduleOf(
  config: SchedulerInfo,
  at: { timezone: string; now: Date },
): CollectionSchedule {
  const ends = endsOf(config, at.timezone);
  const { cron_expression: cron, interval } = config;
  const type = config.schedule_type?.toUpperCase() || (cron || interval ? 'CRON' : null);
  if (type === 'RUN_ONCE') return runOnce(ends, at);
  if (type === null) return byHand(at.timezone, false);
  if (cron) return recurring(cron, ends, at.timezone);
  if (interval) {
    const from = ends.startTime === null ? midnight(at) : new Date(ends.startTime);
    return recurring(cronOfInterval(interval, from), ends, 'UTC');
  }
  refuse(
    'schedule_config.cron_expression',
    'it is missing; with the schedule type CRON it says when the task runs, as in 0 30 2 * * ?',
  );
}

function endsOf(config: SchedulerInfo, timezone: string): Ends {
  const read = (field: 'start_time' | 'end_time'): string | null => {
    const text = config[field];
    return text ? readVendorTime(text, timezone, `schedule_config.${field}`) : null;
  };
  const ends = { startTime: read('start_time'), endTime: read('end_time') };
  const { startTime, endTime } = ends;
  if (startTime !== null && endTime !== null && startTime > endTime) {
    refuse('schedule_config.end_time', 'it comes before schedule_config.start_time');
  }
  return ends;
}

function runOnce(
  { startTime, endTime }: Ends,
  { timezone, now }: { timezone: string; now: Date },
): CollectionSchedule {
  const isToCome = startTime !== null && Date.parse(startTime) > now.getTime();
  if (isToCome) return recurring(cronOfInstant(new Date(startTime)), { startTime, endTime }, 'UTC');
  const isOver = endTime !== null && Date.parse(endTime) < now.getTime();
  return byHand(timezone, !isOver);
}

function byHand(timezone: string, startNow: boolean): CollectionSchedule {
  return { kind: 'manual', recurrence: null, timezone, startNow };
}

function recurring(cron: string, ends: Ends, timezone: string): CollectionSchedule {
  const recurrence = { cron, ...ends, mode: 'normal', catchUp: 'latest' } as const;
  return { kind: 'recurring', recurrence, timezone, startNow: false };
}

/** An expression that comes once, read in UTC. */
function cronOfInstant(at: Date): string {
  const clock = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()}`;
  return `${clock} ${at.getUTCDate()} ${at.getUTCMonth() + 1} ? ${at.getUTCFullYear()}`;
}

/** When the present day began in a zone. */
function midnight({ timezone, now }: { timezone: string; now: Date }): Date {
  const day = isoInZone(now.getTime(), timezone).slice(0, 10);
  return new Date(readRangeEnd(day, 'iso', timezone, 'startTime'));
}
