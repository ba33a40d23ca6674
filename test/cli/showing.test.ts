import { progressText } from '../../cli/commands/backfill/progress-text';
import { ProgressLine } from '../../cli/show/progress';
import { fields, table } from '../../cli/show/table';
import { cutTo, plain, widthOf } from '../../cli/show/width';
import { clockText, durationText, zonedText } from '../../cli/show/words';
import { aBackfill } from './support/samples';

describe('room on a terminal', () => {
  test.each([
    ['Unify', 5],
    ['汇总', 4],
    ['ﬀ（全）', 7],
    ['é', 1],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['👩‍👩‍👧', 2],
    ['', 0],
  ])('%s takes %d columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test('a text is cut where its letters end, never in the middle of a wide one', () => {
    expect([cutTo('汇总表', 4), cutTo('汇总表', 5), cutTo('abc', 9)]).toEqual([
      ...['汇总', '汇总', 'abc'],
    ]);
  });

  test('what others wrote moves no cursor and begins no line', () => {
    expect(plain('a\u001b[2Jb\r\nc\u0007d\u009be')).toBe('ab c d e');
  });
});

test('columns of a table stand below each other, the last one open', () => {
  const rows = [
    ['汇总', 1, null],
    ['Unify', 12_345, 'two\nlines'],
  ];
  expect(table(['name', 'cells', 'why'], rows)).toEqual([
    'name   cells  why',
    '汇总   1      -',
    'Unify  12345  two lines',
  ]);
});

test('fields without a value are left out, those that are null are shown as such', () => {
  expect(
    fields([
      ['kind', 'manual'],
      ['owner', undefined],
      ['latest run', null],
    ]),
  ).toEqual(['  kind        manual', '  latest run  -']);
});

test.each([
  [0, '0 s'],
  [0.44, '0.4 s'],
  [12.4, '12 s'],
  [89, '89 s'],
  [150, '3 min'],
  [7_200, '2 h'],
  [7_500, '2 h 5 min'],
  [4 * 86_400, '4 days'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test('schedule times are shown in the zone of the task, which can be sent back as they are', () => {
  const time = '2026-03-29T01:00:00.000Z';
  expect(zonedText(time, 'Europe/Berlin')).toBe('2026-03-29T03:00:00+02:00');
  expect(zonedText(time, 'UTC')).toBe('2026-03-29T01:00:00Z');
  expect(zonedText(time, null)).toBe('2026-03-29T01:00:00Z');
  expect(zonedText(null, 'UTC')).toBeNull();
});

test('a time of another day is shown with the day', () => {
  const now = new Date(2026, 0, 20, 10, 0);
  expect(clockText(new Date(2026, 0, 20, 14, 5), now)).toBe('14:05');
  expect(clockText(new Date(2026, 1, 3, 4, 5), now)).toBe('2026-02-03 04:05');
});

describe('how a backfill goes, in a line', () => {
  const now = new Date(2026, 0, 20, 10, 0);
  const estimatedEnd = new Date(2026, 0, 20, 10, 12).toISOString();
  const counts = { waiting: 8_000, running: 16, failed: 2, timedOut: 1, blocked: 3 };
  const seen = aBackfill({ count: 8_760, counts, estimatedEnd });
  const text =
    '744/8,760 done, 16 running, 2 failed, 1 timed out, 3 blocked, ends about 10:12 (12 min left)';

  test('tells done, running, what went wrong and the estimated end', () => {
    expect(progressText(seen, null, now)).toBe(text);
  });

  test('has a bar where there is room for one, which takes what is left', () => {
    expect(progressText(seen, 200, now)).toBe(`[##${'.'.repeat(28)}] ${text}`);
    expect(progressText(seen, text.length + 13, now)).toBe(`[${'.'.repeat(10)}] ${text}`);
    expect(progressText(seen, 80, now)).toBe(text);
  });

  test('tells no end of one that does not go on', () => {
    expect(progressText({ ...seen, status: 'paused' }, null, now)).toMatch(/3 blocked, paused$/);
  });

  test('is full for one that had nothing to do', () => {
    const nothing = aBackfill({ status: 'succeeded', count: 0 });
    expect(progressText(nothing, 60, now)).toBe(`[${'#'.repeat(30)}] 0/0 done, succeeded`);
  });
});

describe('a line of progress', () => {
  let clock = 0;
  let written: string[] = [];
  const stream = (tty: { isTTY?: boolean; columns?: number }) => ({
    write: (text: string) => written.push(text),
    ...tty,
  });
  beforeEach(() => {
    clock = 1_000_000;
    written = [];
  });

  test('is drawn again in its place on a terminal, never wider than that', () => {
    const line = new ProgressLine(stream({ isTTY: true, columns: 6 }));
    line.show('1/3 done');
    line.show('2/3 done');
    line.end();
    expect(written).toEqual(['\r\u001b[2K1/3 d', '\r\u001b[2K2/3 d', '\n']);
  });

  test('is shown on a terminal that does not know its size too', () => {
    const line = new ProgressLine(stream({ isTTY: true, columns: 0 }));
    line.show('1/3 done');
    expect(written).toEqual(['\r\u001b[2K1/3 done']);
  });

  test('is elsewhere written every five seconds where it differs, else every minute', () => {
    const line = new ProgressLine(stream({}), () => clock);
    const after = (seconds: number, text: string) => {
      clock += seconds * 1_000;
      line.show(text);
    };
    after(0, 'a');
    after(4, 'b');
    after(1, 'c');
    after(59, 'c');
    after(1, 'c');
    expect(written).toEqual(['a\n', 'c\n', 'c\n']);
  });

  test('is written at once when it is the last, unless it stands there', () => {
    const line = new ProgressLine(stream({}), () => clock);
    line.show('a');
    line.show('end', true);
    line.show('end', true);
    line.end();
    expect(written).toEqual(['a\n', 'end\n']);
  });
});
