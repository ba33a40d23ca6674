/** Recurrences as callers send them: settled, checked, and shown with their next times. */
import { calendarsOf, dstRule, preview, readScheduleTime } from '../model/calendar';
import { invalidInput } from '../model/field-errors';
import type { Recurrence } from '../model/recurrence';
import type { RecurrencePreview } from './scheduling';

const timesShown = 10;

/**
 * Checks a recurrence and makes its ends instants.
 * @param timezone IANA zone in which ends without an offset are read
 * @throws TablegateError invalidInput naming the field below `recurrence`
 */
export function settleRecurrence(recurrence: Recurrence, timezone: string): Recurrence {
  const settle = (end: 'startTime' | 'endTime'): string | null => {
    const text = recurrence[end];
    return text === null ? null : readScheduleTime(text, timezone, `recurrence.${end}`);
  };
  const startTime = settle('startTime');
  const endTime = settle('endTime');
  if (startTime !== null && endTime !== null && Date.parse(startTime) > Date.parse(endTime)) {
    throw invalidInput('body', [
      { path: 'recurrence.endTime', message: 'it comes before recurrence.startTime' },
    ]);
  }
  const settled = { ...recurrence, startTime, endTime };
  calendarsOf(settled);
  return settled;
}

/**
 * The next ten times of a recurrence that need not belong to any task.
 * @param ask.from text of the instant after which they come; null: now
 */
export function previewRecurrence(ask: {
  recurrence: Recurrence;
  timezone: string;
  from: string | null;
}): RecurrencePreview {
  const { timezone } = ask;
  const from =
    ask.from === null ? Date.now() : Date.parse(readScheduleTime(ask.from, timezone, 'from'));
  const recurrence = settleRecurrence(ask.recurrence, timezone);
  return { timezone, times: preview(recurrence, timezone, from, timesShown), dstRule };
}
