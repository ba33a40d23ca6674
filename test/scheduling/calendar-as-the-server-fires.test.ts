/**
 * The calendar beside the server's own answer: paused Schedules in many zones, asked for their times
 * around changes of the clocks. Each window begins on a quiet day, as what the server finds on a day
 * of change depends on where its walk began. What it tells of begins after the start asked for.
 */
import { openCalendar } from '../../model/calendar';
import type { Recurrence } from '../../model/recurrence';
import { cron, daily, hourly, inUtc } from '../model/calendar/support/recurrences';
import { serverTimes, withSchedule } from '../support/server-times';
import { withTemporal } from '../support/temporal';

const day = 86_400_000;
/** More the server tells in no answer. */
const mostTimes = 1000;

/** Zones, each with a quiet day before a change of its clocks. */
const changes: [zone: string, quietDay: string][] = [
  ['Europe/Berlin', '2026-03-27'],
  ['Europe/Berlin', '2026-10-23'],
  ['America/New_York', '2026-03-06'],
  ['America/New_York', '2026-10-30'],
  ['Australia/Lord_Howe', '2026-04-02'],
  ['Australia/Lord_Howe', '2026-10-01'],
  ['America/Sao_Paulo', '2018-02-15'],
  ['America/Sao_Paulo', '2018-11-01'],
  ['Africa/Cairo', '2025-04-22'],
  ['Africa/Cairo', '2025-10-28'],
  ['Asia/Beirut', '2025-03-27'],
  ['Asia/Beirut', '2025-10-23'],
  ['Asia/Kolkata', '2026-03-27'],
  ['America/St_Johns', '2026-10-30'],
  ['Pacific/Chatham', '2026-04-02'],
  ['America/Havana', '2025-10-30'],
  ['Antarctica/Troll', '2026-10-23'],
];

const recurrences: [what: string, recurrence: Recurrence][] = [
  ['daily at midnight', daily('00:00')],
  ['daily at 02:30', daily('02:30')],
  ['daily at 01:30', daily('01:30')],
  ['hourly', hourly('00:00', 1)],
  ['every two hours from 00:15', hourly('00:15', 2)],
  ['every quarter of an hour', cron('0 0/15 * * * ?')],
  ['the quarters of some hours', cron('0 0/15 1-3 * * ?')],
  ['the first and third hour', cron('30 45 1,3 * * ?')],
  ['seconds around two', cron('0/20 59,0,29,30 1-2 * * ?')],
  ['quarter past two', cron('0 15 2 * * ?')],
  ['Saturdays and Sundays', cron('0 0 0,12,23 ? * SAT,SUN')],
  ['the last days of the month', cron('0 0 0/4 L,L-1,L-2W * ?')],
  ['the weekday nearest to the 1st, and the last Sunday', cron('0 30 0-4 1W,31W * ?')],
  ['the first and last Sunday', cron('0 0/30 0-3 ? * 1#1,1L')],
  ['either of two days in Unix cron', cron('*/20 22-2 1,25 * SUN')],
];

test.each(recurrences)(
  'QA-21, DW-22, DW-23: the server fires the times of: %s',
  async (_, what) => {
    const windows = changes.map(([zone, quietDay]) => {
      const from = Date.parse(`${quietDay}T12:00:00Z`);
      return { zone, from, to: from + 6 * day };
    });
    const found = await withTemporal((client) =>
      Promise.all(
        windows.map(({ zone, from, to }) =>
          withSchedule(client, what, zone, (id) => serverTimes(client, id, from, to)),
        ),
      ),
    );
    const expected = windows.map(({ zone, from, to }) =>
      openCalendar(what, zone)
        .between(from + 1, to, mostTimes)
        .map(inUtc),
    );
    const withZone = (times: string[], index: number) => [changes[index], ...times];
    expect(found.map((times) => times.map(inUtc)).map(withZone)).toEqual(expected.map(withZone));
  },
);

// With hours before noon the server answers one time for ever: the day that Apia left out leads it
// back to the day before.
test.each([
  ['daily at noon', daily('12:00')],
  ['the quarters of the afternoon', cron('0 0/15 12-23 * * ?')],
  ['the 30th, which was the day left out', cron('0 0 18 30 * ?')],
])('the server fires the times of %s where a whole day was left out', async (_, what) => {
  const [from, to] = [Date.parse('2011-12-28T00:00:00Z'), Date.parse('2012-01-02T00:00:00Z')];
  const expected = openCalendar(what, 'Pacific/Apia')
    .between(from + 1, to)
    .map(inUtc);
  await withTemporal((client) =>
    withSchedule(client, what, 'Pacific/Apia', async (scheduleId) => {
      const found = await serverTimes(client, scheduleId, from, to);
      expect(found.map(inUtc)).toEqual(expected);
    }),
  );
});

test('what never comes in a window is empty for both, and the window ends with its last second', async () => {
  const what = daily('02:30');
  await withTemporal((client) =>
    withSchedule(client, what, 'UTC', async (scheduleId) => {
      const at = Date.parse('2026-01-01T02:30:00Z');
      expect(await serverTimes(client, scheduleId, at - 1000, at)).toEqual([at]);
      expect(await serverTimes(client, scheduleId, at, at + day - 1000)).toEqual([]);
    }),
  );
});

test.each([
  ['Asia/Shanghai', '2026-01-02 02:30:00', '2026-01-04 02:30:00'],
  ['America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
  ['Asia/Shanghai', '1970-01-01 00:00:00', '9999-01-01 00:00:00'],
])(
  'DW-24, DW-25: in %s the server keeps to the start %s and the end %s, both included',
  async (timezone, startTime, endTime) => {
    const what = cron('0 30 1,2 * * ?', { startTime, endTime });
    const [from, to] = [Date.parse('2025-12-31T00:00:00Z'), Date.parse('2026-12-31T00:00:00Z')];
    const expected = openCalendar(what, timezone)
      .between(from + 1, to)
      .map(inUtc);
    expect(expected.length).toBeGreaterThan(0);
    await withTemporal((client) =>
      withSchedule(client, what, timezone, async (scheduleId) => {
        const found = await serverTimes(client, scheduleId, from, to);
        expect(found.map(inUtc)).toEqual(expected);
      }),
    );
  },
);

test('QA-20: the times that the Schedule shows as upcoming are those of the calendar', async () => {
  const what = daily('02:30:15');
  const shown = await withTemporal((client) =>
    withSchedule(client, what, 'Europe/Berlin', async (scheduleId) => {
      const { info } = await client.schedule.getHandle(scheduleId).describe();
      return { at: info.createdAt.getTime(), times: info.nextActionTimes.map(Number) };
    }),
  );
  expect(shown.times.length).toBeGreaterThan(5);
  const expected = openCalendar(what, 'Europe/Berlin').between(
    shown.at,
    Number.POSITIVE_INFINITY,
    shown.times.length,
  );
  expect(shown.times).toEqual(expected);
});
