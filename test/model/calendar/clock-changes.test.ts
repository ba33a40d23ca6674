/** Days on which the clocks change; each list is what Temporal's server 1.29 fires. */
import { openCalendar } from '../../../model/calendar';
import { cron, inUtc } from './support/recurrences';

interface Case {
  what: string;
  zone: string;
  text: string;
  day: string;
  times: string[];
}

const cases: Case[] = [
  {
    what: 'a time in the gap does not run',
    ...{ zone: 'Europe/Berlin', text: '0 30 2 * * ?', day: '2026-03-29' },
    times: [],
  },
  {
    what: 'the hours around the gap do',
    ...{ zone: 'Europe/Berlin', text: '0 0 1-3 * * ?', day: '2026-03-29' },
    times: ['2026-03-29T00:00:00Z', '2026-03-29T01:00:00Z'],
  },
  {
    what: 'east of Greenwich a time that comes twice runs at the second',
    ...{ zone: 'Europe/Berlin', text: '0 30 2 * * ?', day: '2026-10-25' },
    times: ['2026-10-25T01:30:00Z'],
  },
  {
    what: 'west of Greenwich a time that comes twice runs both times',
    ...{ zone: 'America/New_York', text: '0 30 1 * * ?', day: '2026-11-01' },
    times: ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
  },
  {
    what: 'full hours east of Greenwich run once each',
    ...{ zone: 'Europe/Berlin', text: '0 0 1-4 * * ?', day: '2026-10-25' },
    times: [
      ...['2026-10-24T23:00:00Z', '2026-10-25T00:00:00Z'],
      ...['2026-10-25T02:00:00Z', '2026-10-25T03:00:00Z'],
    ],
  },
  {
    what: 'full hours west of Greenwich run in both',
    ...{ zone: 'America/New_York', text: '0 0 0-2 * * ?', day: '2026-11-01' },
    times: [
      ...['2026-11-01T04:00:00Z', '2026-11-01T05:00:00Z'],
      ...['2026-11-01T06:00:00Z', '2026-11-01T07:00:00Z'],
    ],
  },
  {
    what: 'in a gap of half an hour a time is moved',
    ...{ zone: 'Australia/Lord_Howe', text: '0 15 2 * * ?', day: '2026-10-04' },
    times: ['2026-10-03T15:45:00Z'],
  },
  {
    what: 'quarters east of Greenwich lose some around the repeated hour',
    ...{ zone: 'Europe/Berlin', text: '0 0/15 1-3 * * ?', day: '2026-10-25' },
    times: [
      ...['2026-10-24T23:00:00Z', '2026-10-24T23:15:00Z', '2026-10-24T23:30:00Z'],
      ...['2026-10-24T23:45:00Z', '2026-10-25T00:00:00Z', '2026-10-25T01:15:00Z'],
      ...['2026-10-25T02:30:00Z', '2026-10-25T02:45:00Z'],
    ],
  },
  {
    what: 'midnight in the gap does not run',
    ...{ zone: 'America/Sao_Paulo', text: '0 0 0 * * ?', day: '2018-11-04' },
    times: [],
  },
  {
    what: 'a day without midnight counts as the day of the week before it',
    ...{ zone: 'America/Sao_Paulo', text: '0 0 12 ? * SAT', day: '2018-11-04' },
    times: ['2018-11-04T14:00:00Z'],
  },
  {
    what: 'a day without midnight keeps its day of the week east of Greenwich',
    ...{ zone: 'Africa/Cairo', text: '0 0 12 ? * FRI', day: '2026-04-24' },
    times: ['2026-04-24T09:00:00Z'],
  },
  {
    what: 'one o clock runs where midnight is skipped',
    ...{ zone: 'Asia/Beirut', text: '0 0 0-2 * * ?', day: '2026-03-29' },
    times: ['2026-03-28T22:00:00Z', '2026-03-28T23:00:00Z'],
  },
  {
    what: 'a daily time of a day that was left out does not run',
    ...{ zone: 'Pacific/Apia', text: '0 0 12 * * ?', day: '2011-12-31' },
    times: ['2011-12-30T22:00:00Z'],
  },
  {
    what: 'a zone of half an hour without changes has all its hours',
    ...{ zone: 'Asia/Kolkata', text: '0 0 0-2 * * ?', day: '2026-03-29' },
    times: ['2026-03-28T18:30:00Z', '2026-03-28T19:30:00Z', '2026-03-28T20:30:00Z'],
  },
];

/** The first and last second of a day by the clocks of a zone, whatever its length. */
function dayIn(zone: string, day: string): [number, number] {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
  const quarter = 900_000;
  const near = Date.parse(`${day}T00:00:00Z`);
  const quarters = Array.from({ length: 72 * 4 }, (_, index) => near + (index - 24 * 4) * quarter);
  const ofDay = quarters.filter((ms) => format.format(ms) === day);
  return [ofDay[0]!, ofDay.at(-1)! + quarter - 1000];
}

test.each(cases)('$what ($zone, $text)', ({ zone, text, day, times }) => {
  const [from, to] = dayIn(zone, day);
  const calendar = openCalendar(cron(text), zone);
  expect(calendar.between(from, to).map(inUtc)).toEqual(times);
});

test('a start within the repeated hour begins the walk there', () => {
  const recurrence = cron('0 30 1 * * ?', { startTime: '2026-11-01T06:00:00Z' });
  expect(inUtc(openCalendar(recurrence, 'America/New_York').next(0)!)).toBe('2026-11-01T06:30:00Z');
});

test('a stretch around a change that two years share is gone through once', () => {
  const found = openCalendar(cron('0 0 12 30 * ?'), 'Pacific/Apia').between(
    Date.parse('2011-12-01T00:00:00Z'),
    Date.parse('2012-02-01T00:00:00Z'),
  );
  expect(found.map(inUtc)).toEqual(['2011-12-30T22:00:00Z', '2012-01-29T22:00:00Z']);
});

test('where the server would walk in a circle, the calendar walks on', () => {
  const found = openCalendar(cron('0 0/15 1-3 * * ?'), 'America/Caracas').between(
    Date.parse('2016-05-01T06:30:00Z'),
    Date.parse('2016-05-01T07:30:00Z'),
  );
  expect(found.map(inUtc)).toEqual([
    ...['2016-05-01T06:30:00Z', '2016-05-01T06:45:00Z'],
    ...['2016-05-01T07:00:00Z', '2016-05-01T07:15:00Z', '2016-05-01T07:30:00Z'],
  ]);
});
