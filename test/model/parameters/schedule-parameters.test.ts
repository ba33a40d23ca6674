/** What parameters come to, as the vendors document it and as our page says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  placeholdersOf,
  problemOfValue,
  resolveParameters,
  type EvaluatedAt,
} from '../../../model/schedule-parameters';

const page = readFileSync(path.resolve(__dirname, '../../../docs/schedule-parameters.md'), 'utf8');

/** The lines of a table below a heading: the code in the first cell, and the second cell. */
function tableOf(heading: string): [string, string][] {
  const section = page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const lines = section.matchAll(/^\| `([^`]+)` \| (.+?) \|$/gm);
  return [...lines].map((match) => [match[1]!, match[2]!]);
}

const utc = (text: string): EvaluatedAt => ({ scheduleTime: new Date(text), timezone: 'UTC' });

function valueOf(value: string, at: EvaluatedAt): string {
  return resolveParameters('', [{ name: 'p', value }], at).values.p!;
}

const examples = tableOf('Examples');

test('DP-31: the page has its examples', () => {
  expect(examples.length).toBeGreaterThan(30);
  expect(tableOf('What is refused').length).toBeGreaterThan(7);
});

test.each(examples)('DP-31: `%s` comes to %s', (value, expected) => {
  expect(valueOf(value, utc('2026-03-01T02:30:15Z'))).toBe(expected);
});

test.each(tableOf('What is refused'))('DP-31: `%s` is refused: %s', (value) => {
  expect(problemOfValue(value)).toMatch(/^["a-z].{20,}/);
});

test.each([
  // As DataWorks shows them of a run at 2025-07-27 00:05.
  ['$[yyyy-mm]', '2025-07'],
  ['$[yyyymmdd-1]', '20250726'],
  ['$[yyyymmddhh24-1/24]', '2025072623'],
  ['$[hh24-15/24/60]', '23'],
  ['$[mi-15/24/60]', '50'],
  ['$[yyyymmdd-15/24/60]', '20250726'],
  ['$[yyyymm-15/24/60]', '202507'],
  ['$[yyyymmddhh24miss]', '20250727000500'],
])('a quarter of an hour before five past midnight is the day before: %s is %s', (value, text) => {
  expect(valueOf(value, utc('2025-07-27T00:05:00Z'))).toBe(text);
});

test.each([
  ['$bizmonth', '2025-11-01T00:00:00Z', '202510'],
  ['$bizmonth', '2025-11-03T00:00:00Z', '202510'],
  ['$[add_months(yyyyMMdd,-1)]', '2026-03-31T00:00:00Z', '20260228'],
  ['$[add_months(yyyyMMdd,-1)]', '2024-03-31T00:00:00Z', '20240229'],
  ['$[add_months(yyyyMMdd,-13)-1]', '2026-01-31T00:00:00Z', '20241230'],
  ['${yyyyMM-1}', '2026-01-01T00:00:00Z', '202511'],
  ['${yyyyMMdd}', '2026-01-01T00:00:00Z', '20251231'],
  ['$[yyyyMMdd - 2 ]', '2026-01-01T00:00:00Z', '20251230'],
  ['$[yyyyMMdd -1 -1/24]', '2026-01-01T00:30:00Z', '20251230'],
  ['price $5', '2026-01-01T00:00:00Z', 'price $5'],
])('%s at %s is %s', (value, at, text) => {
  expect(valueOf(value, utc(at))).toBe(text);
});

describe('in a timezone', () => {
  const berlin = (text: string) => ({ scheduleTime: new Date(text), timezone: 'Europe/Berlin' });

  test('DP-31: the schedule day is that of the timezone', () => {
    const at = { scheduleTime: new Date('2026-02-28T16:30:00Z'), timezone: 'Asia/Shanghai' };
    expect(valueOf('$[yyyyMMdd HH] ${yyyyMMdd}', at)).toBe('20260301 00 20260228');
  });

  test('hours pass as they do when the clocks change, days are counted on the calendar', () => {
    // Clocks went from 02:00 to 03:00.
    const spring = berlin('2026-03-29T01:30:00Z');
    expect(valueOf('$[HHmmss] $[HHmmss -1/24]', spring)).toBe('033000 013000');
    expect(valueOf('$[yyyyMMddHHmmss -1]', spring)).toBe('20260328033000');
    // The hour from 02:00 comes twice.
    const [first, second] = [berlin('2026-10-25T00:30:00Z'), berlin('2026-10-25T01:30:00Z')];
    expect(valueOf('$[HH:mm]', first)).toBe('02:30');
    expect(valueOf('$[HH:mm] $[HH:mm -1/24] $[HH:mm -2/24]', second)).toBe('02:30 02:30 01:30');
    expect(valueOf('$bizdate $[yyyyMMdd -1]', second)).toBe('20261024 20261024');
  });
});

describe('in a script', () => {
  const at = utc('2026-03-01T02:30:15Z');

  test('DP-31: values take the place of their names, escaped as JSON in strings', () => {
    const text = '{"a": "x ${ p } ${q}", "b": "\\"${p}", "c": ${n}}';
    const parameters = [
      { name: 'p', value: 'a "b"\\\n' },
      { name: 'q', value: '$bizdate' },
      { name: 'n', value: '5' },
    ];
    const resolved = resolveParameters(text, parameters, at);
    expect(JSON.parse(resolved.text)).toEqual({
      ...{ a: 'x a "b"\\\n 20260228', b: '"a "b"\\\n', c: 5 },
    });
    expect(resolved.values).toEqual({ p: 'a "b"\\\n', q: '20260228', n: '5' });
    expect(resolved.unresolved).toEqual([]);
  });

  test('what nobody has set stays and is named, but for business dates and their like', () => {
    const text = '"${bizdate} ${yyyy-MM-dd} ${b} ${a} ${b} ${constructor} $[0] $x"';
    const resolved = resolveParameters(text, [], at);
    expect(resolved).toEqual({
      text: '"20260228 2026-02-28 ${b} ${a} ${b} ${constructor} $[0] $x"',
      values: { bizdate: '20260228', 'yyyy-MM-dd': '2026-02-28' },
      unresolved: ['b', 'a', 'constructor'],
    });
    expect(placeholdersOf(text)).toEqual(['bizdate', 'yyyy-MM-dd', 'b', 'a', 'constructor']);
    const own = resolveParameters('"${bizdate}"', [{ name: 'bizdate', value: 'own' }], at);
    expect(own.text).toBe('"own"');
  });

  test('a value that cannot be read names its parameter', () => {
    const resolve = () => resolveParameters('', [{ name: 'day', value: '$[day]' }], at);
    expect(resolve).toThrow('the value of the parameter day cannot be read: "day" has');
  });

  test.each(['"' + '\\"'.repeat(250_000), '${'.repeat(250_000), '"${a}"'.repeat(80_000)])(
    'a long one takes no long time (%#)',
    (text) => {
      const begin = performance.now();
      expect(resolveParameters(text, [], at).text).toBe(text);
      expect(performance.now() - begin).toBeLessThan(5_000);
    },
  );
});
