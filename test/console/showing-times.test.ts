import { agoText, durationText, offsetText, timeText, writtenTime } from '../../console/ui/format';

test.each([
  ['2026-03-29T00:59:59Z', 'Europe/Berlin', '2026-03-29 01:59:59'],
  ['2026-03-29T01:00:00Z', 'Europe/Berlin', '2026-03-29 03:00:00'],
  ['2026-11-28T16:00:00Z', 'Asia/Shanghai', '2026-11-29 00:00:00'],
])('%s by the clocks of %s is %s', (at, zone, text) => {
  expect(timeText(at, zone)).toBe(text);
});

test.each([
  [0.04, '0.0 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [61, '1 min 01 s'],
  [3_600, '1 h 00 min'],
  [200_000, '2 d 7 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test('how long ago something was is said in the language', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  expect(agoText('2026-11-28T11:58:00Z', 'en', now)).toBe('2 minutes ago');
  expect(agoText('2026-11-28T14:00:00Z', 'en', now)).toBe('in 2 hours');
  expect(agoText('2026-11-27T12:00:00Z', 'zh-CN', now)).toBe('昨天');
});

test('a time by other clocks than the reader’s says whose', () => {
  const at = '2026-11-28T16:00:00Z';
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const other = offsetText(at) === 'GMT+8' ? 'Asia/Tokyo' : 'Asia/Shanghai';
  expect(writtenTime(at, other)).toBe(`${timeText(at, other)} ${offsetText(at, other)}`);
  expect(writtenTime(at, here)).toBe(timeText(at));
  expect(writtenTime(at)).toBe(timeText(at));
});
