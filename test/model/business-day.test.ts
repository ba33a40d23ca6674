import { businessDay, scheduleDay } from '../../model/business-day';

const at = (text: string) => Date.parse(text);

test.each([
  ['UTC', '2026-01-20T00:00:00.000Z', '2026-01-19T00:00:00Z'],
  ['UTC', '2026-01-20T23:59:59.000Z', '2026-01-19T00:00:00Z'],
  // 02:30 on the 20th in Shanghai.
  ['Asia/Shanghai', '2026-01-19T18:30:00.000Z', '2026-01-19T00:00:00+08:00'],
  ['Europe/Berlin', '2026-03-30T00:30:00.000Z', '2026-03-29T00:00:00+01:00'],
  // Midnight of the 6th of September 2026 is skipped in Santiago.
  ['America/Santiago', '2026-09-07T12:00:00.000Z', '2026-09-06T01:00:00-03:00'],
])('in %s the business day of %s begins at %s', (timezone, scheduleTime, begin) => {
  const day = businessDay(scheduleTime, timezone);
  expect(new Date(day)).toEqual(new Date(begin));
  const { from, to } = scheduleDay(day, timezone);
  expect(from.getTime() <= at(scheduleTime) && at(scheduleTime) < to.getTime()).toBe(true);
});

test('a business day has the schedule times of the day after it, whichever moment of it is named', () => {
  const days = ['2026-03-28T00:00:00+01:00', '2026-03-28T23:59:59+01:00'].map((text) =>
    scheduleDay(at(text), 'Europe/Berlin'),
  );
  const whole = {
    from: new Date('2026-03-29T00:00:00+01:00'),
    // An hour shorter than others.
    to: new Date('2026-03-30T00:00:00+02:00'),
  };
  expect(days).toEqual([whole, whole]);
});
