/** Schedule times as people write them, and as they are shown. */
import fc from 'fast-check';
import { isoInZone, readPlainTime, readScheduleTime } from '../../../model/calendar';
import { refusalOf } from './support/recurrences';

const read = (text: string, timezone = 'Europe/Berlin') =>
  readScheduleTime(text, timezone, 'scheduleTimes[0]');

test.each([
  ['2026-01-20T00:00:00', '2026-01-19T23:00:00.000Z'],
  ['2026-01-20 00:00:00', '2026-01-19T23:00:00.000Z'],
  ['2026-01-20T00:00', '2026-01-19T23:00:00.000Z'],
  ['2026-01-20', '2026-01-19T23:00:00.000Z'],
  ['2026-07-20 12:30', '2026-07-20T10:30:00.000Z'],
  ['2026-01-20T00:00:00.000', '2026-01-19T23:00:00.000Z'],
])('%s is read in the zone', (text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  ['2026-01-20T00:00:00Z', '2026-01-20T00:00:00.000Z'],
  ['2026-01-20T00:00:00.000Z', '2026-01-20T00:00:00.000Z'],
  ['2026-01-20t00:00:00z', '2026-01-20T00:00:00.000Z'],
  ['2026-01-20T00:00:00+08:00', '2026-01-19T16:00:00.000Z'],
  ['2026-01-20 00:00-0330', '2026-01-20T03:30:00.000Z'],
  ['2026-01-20T00:00:00+05', '2026-01-19T19:00:00.000Z'],
  ['1971-01-01T00:00:00-00:44:30', '1971-01-01T00:44:30.000Z'],
])('%s has an offset of its own', (text, expected) => {
  expect(read(text)).toBe(expected);
});

test('a time that comes twice means the first', () => {
  expect(read('2026-10-25 02:30:00')).toBe('2026-10-25T00:30:00.000Z');
  expect(read('2026-11-01 01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  expect(read('2026-04-05 01:45', 'Australia/Lord_Howe')).toBe('2026-04-04T14:45:00.000Z');
});

test.each([
  ['2026-03-29 02:30:00', 'Europe/Berlin'],
  ['2018-11-04', 'America/Sao_Paulo'],
  ['2026-10-04T02:15', 'Australia/Lord_Howe'],
  ['2011-12-30 12:00:00', 'Pacific/Apia'],
])('%s, which the clocks skip in %s, is refused', (text, timezone) => {
  expect(refusalOf(() => read(text, timezone))).toEqual({
    path: 'scheduleTimes[0]',
    message: expect.stringMatching(
      new RegExp(`does not exist in ${timezone}: the clocks skip it`),
    ) as unknown,
  });
});

test.each([
  ['', /it must be a time such as/],
  ['tomorrow', /it must be a time such as/],
  ['20260120', /it must be a time such as/],
  ['2026-1-20', /it must be a time such as/],
  ['2026-01-20T00', /it must be a time such as/],
  ['2026-01-20T00:00:00 Europe/Berlin', /it must be a time such as/],
  ['2026-01-20Z', /it must be a time such as/],
  ['1768867200', /it must be a time such as/],
  ['2026-02-29', /there is no such day/],
  ['2026-13-01', /there is no such day/],
  ['2026-01-00', /there is no such day/],
  ['2026-01-20T24:00:00', /there is no such time of day/],
  ['2026-01-20T23:60:00', /there is no such time of day/],
  ['2026-12-31T23:59:60Z', /there is no such time of day/],
  ['2026-01-20T00:00:00.5', /whole second/],
  ['2026-01-20T00:00:00+19:00', /there is no offset \+19:00/],
  ['1969-12-31T00:00:00Z', /the year must be between 1970 and 9999/],
])('"%s" is refused by its field', (text, message) => {
  expect(refusalOf(() => read(text))).toEqual({
    path: 'scheduleTimes[0]',
    message: expect.stringMatching(message) as unknown,
  });
});

test('a zone that there is not is refused', () => {
  expect(refusalOf(() => read('2026-01-20', 'Europe/Atlantis')).path).toBe('timezone');
});

test('DW-26: yyyy-MM-dd HH:mm:ss is read in the zone', () => {
  expect(readPlainTime('1970-01-01 00:00:00', 'Asia/Shanghai', 'Trigger.StartTime')).toBe(
    '1969-12-31T16:00:00.000Z',
  );
  expect(readPlainTime('9999-01-01 00:00:00', 'UTC', 'Trigger.EndTime')).toBe(
    '9999-01-01T00:00:00.000Z',
  );
});

test.each([
  '2026-01-20T00:00:00',
  '2026-01-20 00:00',
  '2026-01-20',
  '2026-01-20 00:00:00Z',
  ' 2026-01-20 00:00:00',
])('DW-26: "%s" is not written so, and is refused', (text) => {
  const refusal = refusalOf(() => readPlainTime(text, 'UTC', 'Trigger.StartTime'));
  expect(refusal).toEqual({
    path: 'Trigger.StartTime',
    message: 'it must be written yyyy-MM-dd HH:mm:ss, as in 2026-01-20 00:00:00',
  });
});

test('an instant is shown with the offset of its day', () => {
  expect(isoInZone(Date.parse('2026-03-29T00:30:00Z'), 'Europe/Berlin')).toBe(
    '2026-03-29T01:30:00+01:00',
  );
  expect(isoInZone(Date.parse('2026-03-29T01:30:00Z'), 'Europe/Berlin')).toBe(
    '2026-03-29T03:30:00+02:00',
  );
  expect(isoInZone(Date.parse('2026-01-01T00:00:00Z'), 'America/St_Johns')).toBe(
    '2025-12-31T20:30:00-03:30',
  );
  expect(isoInZone(0, 'Africa/Monrovia')).toBe('1969-12-31T23:15:30-00:44:30');
});

const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const second = fc
  .integer({ min: Date.UTC(1971, 0) / 1000, max: Date.UTC(2100, 0) / 1000 })
  .map((value) => value * 1000);

test('what is shown reads back as the same instant, in every zone', () => {
  fc.assert(
    fc.property(second, zone, (ms, timezone) => {
      expect(Date.parse(read(isoInZone(ms, timezone), 'UTC'))).toBe(ms);
    }),
    { numRuns: 500 },
  );
});

test('without its offset it reads back as the same, or as the first of two', () => {
  fc.assert(
    fc.property(second, zone, (ms, timezone) => {
      const shown = isoInZone(ms, timezone);
      const back = Date.parse(read(shown.slice(0, 19), timezone));
      expect(back).toBeLessThanOrEqual(ms);
      expect(isoInZone(back, timezone).slice(0, 19)).toBe(shown.slice(0, 19));
    }),
    { numRuns: 500 },
  );
});

test('the digits are those that the platform shows for the zone', () => {
  fc.assert(
    fc.property(second, zone, (ms, timezone) => {
      const format = new Intl.DateTimeFormat('sv-SE', {
        ...{ timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' },
      });
      expect(isoInZone(ms, timezone).slice(0, 19).replace('T', ' ')).toBe(format.format(ms));
    }),
    { numRuns: 500 },
  );
});
