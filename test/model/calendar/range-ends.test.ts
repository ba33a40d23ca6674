/** Ends of ranges, and named times, on the nights on which the clocks change. */
import { hasOffset, readInstants, readRangeEnd } from '../../../model/calendar';

const utc = (ms: number) => new Date(ms).toISOString();
const end = (text: string, path: 'startTime' | 'endTime', zone = 'Europe/Berlin') =>
  utc(readRangeEnd(text, 'plain', zone, path));

test('of an end that comes twice both belong to the range', () => {
  expect(end('2026-10-25 02:30:00', 'startTime')).toBe('2026-10-25T00:30:00.000Z');
  expect(end('2026-10-25 02:30:00', 'endTime')).toBe('2026-10-25T01:30:00.000Z');
});

test('an end that the clocks skip stands for the moment at which they do', () => {
  expect(end('2026-03-29 02:30:00', 'startTime')).toBe('2026-03-29T01:00:00.000Z');
  expect(end('2026-03-29 02:30:00', 'endTime')).toBe('2026-03-29T00:59:59.999Z');
  expect(end('2026-04-24 00:00:00', 'endTime', 'Africa/Cairo')).toBe('2026-04-23T21:59:59.999Z');
});

test('other ends are one instant, and an offset says which', () => {
  expect(end('2026-01-20 00:00:00', 'endTime')).toBe('2026-01-19T23:00:00.000Z');
  const text = '2026-10-25T02:30:00+02:00';
  expect(utc(readRangeEnd(text, 'iso', 'Europe/Berlin', 'endTime'))).toBe(
    '2026-10-25T00:30:00.000Z',
  );
});

test('a named time that comes twice may mean either instant', () => {
  const read = (text: string) => readInstants(text, 'plain', 'Europe/Berlin', 't').map(utc);
  expect(read('2026-10-25 02:30:00')).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T01:30:00.000Z',
  ]);
  expect(read('2026-10-25 03:30:00')).toEqual(['2026-10-25T02:30:00.000Z']);
  expect(() => read('2026-03-29 02:30:00')).toThrow('does not exist in Europe/Berlin');
});

test.each([
  ['2026-01-20T00:00:00Z', true],
  ['2026-01-20 00:00:00+08:00', true],
  ['2026-01-20 00:00:00', false],
  ['2026-01-20', false],
])('%s: whether it says its offset is %s', (text, expected) => {
  expect(hasOffset(text, 'iso')).toBe(expected);
});
