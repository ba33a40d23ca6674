/** What Quartz expressions mean, with their times written out. */
import { cron, firstDays, firstTimes } from './support/recurrences';

const timesOf = (text: string, count: number, from = '2026-01-01T00:00:00Z') =>
  firstTimes(cron(text), from, count);

test('DW-22: 00 00 00 * * ? is midnight every day', () => {
  expect(timesOf('00 00 00 * * ?', 3)).toEqual([
    '2026-01-01T00:00:00Z',
    '2026-01-02T00:00:00Z',
    '2026-01-03T00:00:00Z',
  ]);
});

test('DW-23: six fields begin with the seconds, so 0 30 2 * * ? is 02:30:00', () => {
  expect(timesOf('0 30 2 * * ?', 2)).toEqual(['2026-01-01T02:30:00Z', '2026-01-02T02:30:00Z']);
});

test('a seventh field is the year', () => {
  expect(timesOf('15 0 12 1 JAN ? 2027,2029-2031/2', 5)).toEqual([
    '2027-01-01T12:00:15Z',
    '2029-01-01T12:00:15Z',
    '2031-01-01T12:00:15Z',
  ]);
});

test('a year * is every year, and */2 every second one', () => {
  expect(firstDays('0 0 0 1 1 ? *', '2026-01-01', 2)).toEqual(['2026-01-01', '2027-01-01']);
  expect(firstDays('0 0 0 1 1 ? */2', '2026-02-01', 2)).toEqual(['2028-01-01', '2030-01-01']);
});

test.each([
  ['5/15', [5, 20, 35, 50]],
  ['*/20', [0, 20, 40]],
  ['/20', [0, 20, 40]],
  ['1-30/10', [1, 11, 21]],
  ['50-10/5', [0, 5, 10, 50, 55]],
  ['3,1-2,40', [1, 2, 3, 40]],
])('minutes %s are %j', (minutes, expected) => {
  const times = timesOf(`0 ${minutes} 7 * * ?`, expected.length, '2026-01-01T00:00:00Z');
  expect(times.map((time) => Number(time.slice(14, 16)))).toEqual(expected);
});

test('hours wrap around midnight', () => {
  expect(timesOf('0 0 22-2/2 * * ?', 4)).toEqual([
    '2026-01-01T00:00:00Z',
    '2026-01-01T02:00:00Z',
    '2026-01-01T22:00:00Z',
    '2026-01-02T00:00:00Z',
  ]);
});

test('months have names, and wrap around the new year', () => {
  const expected = ['2026-01-01', '2026-02-01', '2026-11-01', '2026-12-01', '2027-01-01'];
  expect(firstDays('0 0 0 1 nov-Feb ?', '2026-01-01', 5)).toEqual(expected);
  expect(firstDays('0 0 0 1 11-2 ?', '2026-01-01', 5)).toEqual(expected);
});

test('days of the month wrap around its end, whatever its length', () => {
  expect(firstDays('0 0 0 30-2 * ?', '2026-02-01', 6)).toEqual([
    '2026-02-01',
    '2026-02-02',
    '2026-03-01',
    '2026-03-02',
    '2026-03-30',
    '2026-03-31',
  ]);
});

// 2026-01-01 is a Thursday.
test.each([
  ['1', ['2026-01-04', '2026-01-11']],
  ['SUN', ['2026-01-04', '2026-01-11']],
  ['7', ['2026-01-03', '2026-01-10']],
  ['sat', ['2026-01-03', '2026-01-10']],
  ['L', ['2026-01-03', '2026-01-10']],
  ['Fri-Mon', ['2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05', '2026-01-09']],
  ['6-2', ['2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05', '2026-01-09']],
  ['MON-FRI/2', ['2026-01-02', '2026-01-05', '2026-01-07', '2026-01-09']],
  ['5/2', ['2026-01-01', '2026-01-03', '2026-01-08', '2026-01-10']],
  ['TUE,THU', ['2026-01-01', '2026-01-06', '2026-01-08']],
])('day of week %s counts from Sunday as 1', (dayOfWeek, expected) => {
  expect(firstDays(`0 0 0 ? * ${dayOfWeek}`, '2026-01-01', expected.length)).toEqual(expected);
});

test('L is the last day of each month', () => {
  expect(firstDays('0 0 0 L * ?', '2027-11-01', 6)).toEqual([
    '2027-11-30',
    '2027-12-31',
    '2028-01-31',
    '2028-02-29',
    '2028-03-31',
    '2028-04-30',
  ]);
  expect(firstDays('0 0 0 L 2 ?', '2026-01-01', 3)).toEqual([
    '2026-02-28',
    '2027-02-28',
    '2028-02-29',
  ]);
});

test('February of 2100 has 28 days', () => {
  expect(firstDays('0 0 0 L 2 ?', '2096-01-01', 9)).toEqual([
    ...['2096-02-29', '2097-02-28', '2098-02-28', '2099-02-28', '2100-02-28'],
  ]);
});

test('L-3 is three days before the last', () => {
  expect(firstDays('0 0 0 L-3 * ?', '2028-01-01', 4)).toEqual([
    '2028-01-28',
    '2028-02-26',
    '2028-03-28',
    '2028-04-27',
  ]);
});

test('L-29 comes in no month that is too short for it', () => {
  expect(firstDays('0 0 0 L-29 * ?', '2026-01-01', 4)).toEqual([
    '2026-01-02',
    '2026-03-02',
    '2026-04-01',
    '2026-05-02',
  ]);
});

// Last days: Saturday 31 January, Saturday 28 February, Sunday 31 May, Tuesday 30 June.
test('LW is the last day from Monday to Friday', () => {
  expect(firstDays('0 0 0 LW 1,2,5,6 ?', '2026-01-01', 4)).toEqual([
    '2026-01-30',
    '2026-02-27',
    '2026-05-29',
    '2026-06-30',
  ]);
});

test('L-2W is the weekday nearest to two days before the last', () => {
  // 29 January is a Thursday, 29 March a Sunday, 29 August a Saturday.
  expect(firstDays('0 0 0 L-2W 1,3,8 ?', '2026-01-01', 3)).toEqual([
    '2026-01-29',
    '2026-03-30',
    '2026-08-28',
  ]);
});

test('15W is the weekday nearest to the 15th', () => {
  // Thursday 15 January, Sunday 15 February, Saturday 15 August.
  expect(firstDays('0 0 0 15W 1,2,8 ?', '2026-01-01', 3)).toEqual([
    '2026-01-15',
    '2026-02-16',
    '2026-08-14',
  ]);
});

test('W never leaves the month', () => {
  // 1 August is a Saturday, 31 May a Sunday, 30 August a Sunday that is not the last.
  expect(firstDays('0 0 0 1W 8 ?', '2026-01-01', 1)).toEqual(['2026-08-03']);
  expect(firstDays('0 0 0 31W 5 ?', '2026-01-01', 1)).toEqual(['2026-05-29']);
  expect(firstDays('0 0 0 30W 8 ?', '2026-01-01', 1)).toEqual(['2026-08-31']);
});

test('31W comes in no month of 30 days', () => {
  expect(firstDays('0 0 0 31W * ?', '2026-03-01', 3)).toEqual([
    '2026-03-31',
    '2026-05-29',
    '2026-07-31',
  ]);
});

test('29W comes in February of a leap year only, and stays in it', () => {
  // 29 February is a Tuesday in 2028 and a Sunday in 2032.
  expect(firstDays('0 0 0 29W 2 ?', '2026-01-01', 2)).toEqual(['2028-02-29', '2032-02-27']);
});

test.each(['6L', 'FRIL', 'friL'])('%s is the last Friday', (dayOfWeek) => {
  expect(firstDays(`0 0 0 ? * ${dayOfWeek}`, '2026-01-01', 5)).toEqual([
    '2026-01-30',
    '2026-02-27',
    '2026-03-27',
    '2026-04-24',
    '2026-05-29',
  ]);
});

test.each(['6#3', 'FRI#3'])('%s is the third Friday', (dayOfWeek) => {
  expect(firstDays(`0 0 0 ? * ${dayOfWeek}`, '2026-01-01', 3)).toEqual([
    '2026-01-16',
    '2026-02-20',
    '2026-03-20',
  ]);
});

test('a fifth Sunday comes in the months that have one', () => {
  expect(firstDays('0 0 0 ? * 1#5', '2026-01-01', 4)).toEqual([
    '2026-03-29',
    '2026-05-31',
    '2026-08-30',
    '2026-11-29',
  ]);
  expect(firstDays('0 0 0 ? 2 1#5', '2026-01-01', 1)).toEqual(['2032-02-29']);
});

test('what is special may stand in lists', () => {
  expect(firstDays('0 0 0 1,15W,L * ?', '2026-02-01', 4)).toEqual([
    '2026-02-01',
    '2026-02-16',
    '2026-02-28',
    '2026-03-01',
  ]);
  expect(firstDays('0 0 0 ? * MON#1,6L', '2026-01-01', 3)).toEqual([
    '2026-01-05',
    '2026-01-30',
    '2026-02-02',
  ]);
});

test.each(['* * * * * *', '* * * ? * *', '* * * * * ?'])('%s is every second', (text) => {
  expect(timesOf(text, 2)).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z']);
});

test.each([
  ['0 0 0 15 * *', '0 0 0 15 * ?'],
  ['0 0 0 * * MON', '0 0 0 ? * MON'],
  ['  0   0 0\t15 * ? ', '0 0 0 15 * ?'],
])('"%s" means the same as "%s"', (text, other) => {
  expect(timesOf(text, 50)).toEqual(timesOf(other, 50));
});

test('a day that comes once in four years is found over the gap of eight', () => {
  expect(firstDays('0 0 0 29 2 ?', '2026-01-01', 2)).toEqual(['2028-02-29', '2032-02-29']);
  expect(firstDays('0 0 0 29 2 ?', '2096-03-01', 1)).toEqual([]);
});
