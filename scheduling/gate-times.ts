/** Schedule times that open gates (rule 14 bounds how far away they may lie). */
import { readScheduleTime } from '../model/calendar';
import { TablegateError } from '../model/errors';

const yearsBack = 10;
const yearsAhead = 1;

/**
 * Reads the schedule time of a gate.
 * @param timezone IANA zone of the task, for a text without offset
 * @returns ISO 8601 in UTC
 * @throws TablegateError invalidInput naming `path`, also for more than 10 years back or one ahead
 */
export function readGateTime(text: string, timezone: string, path = 'scheduleTime'): string {
  const time = readScheduleTime(text, timezone, path);
  refuseFarTime(Date.parse(time), path);
  return time;
}

/** @throws TablegateError invalidInput for a time (ms) that is too far away for a gate */
export function refuseFarTime(at: number, path: string): void {
  if (at < yearsFromNow(-yearsBack)) throw tooFar(at, path, `more than ${yearsBack} years back`);
  refuseFuture(at, path);
}

/** @throws TablegateError invalidInput for a time (ms) that is more than a year ahead */
export function refuseFuture(at: number, path: string): void {
  if (at > yearsFromNow(yearsAhead)) throw tooFar(at, path, 'more than a year ahead');
}

function tooFar(at: number, path: string, where: string): TablegateError {
  const message = `${new Date(at).toISOString()} is ${where}`;
  return new TablegateError('invalidInput', `The schedule time ${message}.`, {
    fields: [{ path, message }],
  });
}

function yearsFromNow(years: number): number {
  const date = new Date();
  return date.setUTCFullYear(date.getUTCFullYear() + years);
}
