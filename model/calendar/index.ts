/** The calendar: which schedule times there are. Pure, and safe within workflows. */
export { calendarsOf, type CalendarSpec } from './calendar-spec';
export { calendarOf } from './kept';
export { openCalendar, type Calendar } from './open-calendar';
export { dstRule, preview } from './preview';
export type { Range } from './ranges';
export {
  hasOffset,
  isoInZone,
  readInstants,
  readPlainTime,
  readRangeEnd,
  readScheduleTime,
  type TimeForm,
} from './read-time';
export { toScheduleSpec, type ClientScheduleSpec } from './schedule-spec';
