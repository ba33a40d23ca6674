/** What is no recurrence: the refusal names the field, what is wrong and what is allowed. */
import { calendarsOf, openCalendar } from '../../../model/calendar';
import { cron, daily, refusalOf } from './support/recurrences';

test.each([
  ['0 60 * * * ?', /"60" is not allowed as minutes; allowed are \*, 0 to 59/],
  ['60 * * * * ?', /"60" is not allowed as seconds/],
  ['0 0 24 * * ?', /"24" is not allowed as hours; allowed are \*, 0 to 23/],
  ['0 0 0 0 * ?', /"0" is not allowed as day of month; allowed are \*, 1 to 31, L, L-3, LW or 15W/],
  ['0 0 0 32 * ?', /"32" is not allowed as day of month/],
  ['0 0 0 1 13 ?', /"13" is not allowed as month; allowed are \*, 1 to 12 or JAN to DEC/],
  ['0 0 0 1 JANUARY ?', /"JANUARY" is not allowed as month/],
  ['0 0 0 ? * 0', /"0" is not allowed as day of week; .* 1 to 7 or SUN to SAT \(1 is Sunday\)/],
  ['0 0 0 ? * 8', /"8" is not allowed as day of week/],
  ['0 0 0 ? * 6#6', /"6#6" is not allowed as day of week; .* 6L or 6#3/],
  ['0 0 0 ? * 6#0', /"6#0" is not allowed/],
  ['0 0 0 ? * 9L', /"9L" is not allowed as day of week/],
  ['0 0 0 32W * ?', /"32W" is not allowed as day of month/],
  ['0 0 0 1-5W * ?', /"1-5W" is not allowed as day of month/],
  ['0 0 0 L-31 * ?', /"L-31" \(day of month\) goes back too far; allowed are L-1 to L-30/],
  ['0 0 L * * ?', /"L" is not allowed as hours/],
  ['0 0 ? * * *', /"\?" is not allowed as hours/],
  ['0 1,,2 * * * ?', /an empty item is not allowed as minutes/],
  ['0 5- * * * ?', /"5-" is not allowed as minutes/],
  ['0 -5 * * * ?', /"-5" is not allowed as minutes/],
  ['0 1.5 * * * ?', /"1.5" is not allowed as minutes/],
  ['0 */0 * * * ?', /the step of "\*\/0" \(minutes\) must be between 1 and 59/],
  ['0 */60 * * * ?', /the step of "\*\/60" \(minutes\) must be between 1 and 59/],
  ['0 0 0 1 1 ? 1999', /year 1999 cannot be held: Temporal's calendars begin with 2000/],
  ['0 0 0 1 1 ? 1999-2030', /year 1999 cannot be held/],
  ['0 0 0 1 1 ? 2030-2020', /"2030-2020" \(year\) ends before it begins/],
  ['0 0 0 1 1 ? 2100', /"2100" is not allowed as year; allowed are \*, 1970 to 2099/],
  ['0 0 0 ? * ?', /only one of day of month and day of week may be \?/],
  ['0 0 0 15 * MON', /cannot both be restricted in a Quartz expression; put \? in one of them/],
  ['0 0 0 30 2 ?', /it never comes/],
  ['0 0 0 31 4,6,9,11 ?', /it never comes/],
  ['0 0 0 29 2 ? 2027', /it never comes/],
  ['0 0 0 30W FEB ?', /it never comes/],
  ['0 0 30 2 *', /it never comes/],
  ['0 0 ? * MON', /\?, L, W and # belong to Quartz, whose expressions have 6 or 7 fields/],
  ['0 0 L * *', /belong to Quartz/],
  ['0 0 15W * *', /belong to Quartz/],
  ['0 0 * * 5#2', /belong to Quartz/],
  ['0 0 * * FRIL', /belong to Quartz/],
  ['0 0 * * 8', /"8" is not allowed as day of week; .* 0 to 7 .*\(0 and 7 are Sunday\)/],
  ['@daily', /"@daily" is not known; every day at midnight is written 0 0 0 \* \* \?/],
  ['@every 5m', /"@every 5m" is not known/],
  ['0 0 0 *', /it has 4 fields; allowed are 6 or 7 .* or 5/],
  ['0', /it has 1 field; allowed are/],
  ['   ', /it has 1 field; allowed are/],
  ['0 0 0 * * ? * *', /it has 8 fields/],
  ['CRON_TZ=UTC 0 0 * * *', /"CRON_TZ=UTC" is not allowed as seconds/],
  ['0 0 2 \u0661 * ?', /is not allowed as day of month/],
])('DW-23: "%s" is refused with the reason', (text, message) => {
  const refusal = refusalOf(() => calendarsOf(cron(text)));
  expect(refusal).toEqual({
    path: 'recurrence.cron',
    message: expect.stringMatching(message) as unknown,
  });
  expect(refusalOf(() => openCalendar(cron(text), 'UTC'))).toEqual(refusal);
});

test.each([
  ['startTime', 'soon'],
  ['endTime', '2026-02-30 00:00:00'],
])('a %s that is no time is refused by its name', (field, text) => {
  const refusal = refusalOf(() => openCalendar(daily('02:30', { [field]: text }), 'UTC'));
  expect(refusal.path).toBe(`recurrence.${field}`);
});

test('a zone that there is not is refused', () => {
  expect(refusalOf(() => openCalendar(daily('02:30'), 'Mars/Olympus'))).toEqual({
    path: 'timezone',
    message: 'it must be an IANA time zone such as Europe/Berlin',
  });
});
