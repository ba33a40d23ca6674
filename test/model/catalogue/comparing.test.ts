import { definitionOf } from '../../../model/catalogue/collected';
import { diffDefinitions } from '../../../model/catalogue/diff';
import {
  alivePolicyOf,
  deletedPolicyOf,
  outcomeOf,
  type CollectedOutcome,
} from '../../../model/catalogue/policies';
import { makeTableFilter, patternProblem } from '../../../model/catalogue/table-filter';

const column = (name: string, type = 'INTEGER') => ({
  ...{ name, type, comment: null, nullable: true, default: null },
});
const table = (...columns: ReturnType<typeof column>[]) => definitionOf({ kind: 'table', columns });

describe('two definitions', () => {
  const brief = (...[before, after]: Parameters<typeof diffDefinitions>) =>
    diffDefinitions(before, after).map(
      ({ part, name, change, field }) => `${part} ${name} ${change} ${field}`,
    );

  test('are told apart column by column', () => {
    const before = table(column('a'), column('b'), column('c'));
    const after = table(column('a', 'BIGINT'), column('d'), column('c'));
    expect(brief(before, after)).toEqual([
      'column b removed null',
      'column a changed type',
      'column d added null',
    ]);
    expect(diffDefinitions(before, after)[1]).toMatchObject({ before: 'INTEGER', after: 'BIGINT' });
    expect(brief(null, after)).toEqual([]);
    expect(brief(after, after)).toEqual([]);
  });

  test('differ in their order only where columns that both have stand otherwise', () => {
    expect(brief(table(column('a'), column('b')), table(column('b'), column('a')))).toEqual([
      'table null changed columnOrder',
    ]);
    expect(brief(table(column('a')), table(column('b'), column('a')))).toEqual([
      'column b added null',
    ]);
  });

  test('differ in keys, indexes and comments', () => {
    const before = definitionOf({ kind: 'table', columns: [], primaryKey: ['a'] });
    const after = definitionOf({
      ...{ kind: 'view', columns: [], comment: 'c' },
      indexes: [{ name: 'i', columns: ['a'], unique: true }],
    });
    expect(brief(before, after)).toEqual([
      'table null changed kind',
      'table null changed comment',
      'table null changed primaryKey',
      'index i added null',
    ]);
  });
});

test.each<[string, boolean, boolean, CollectedOutcome[]]>([
  ['1', true, false, ['left', 'unchanged', 'changed', 'restored']],
  ['2', false, true, ['added', 'left', 'left', 'left']],
  ['3', true, true, ['added', 'unchanged', 'changed', 'restored']],
  ['', true, true, ['added', 'unchanged', 'changed', 'restored']],
])('HW-37: alive policy "%s" updates: %s, adds: %s', (value, updates, adds, outcomes) => {
  const policy = alivePolicyOf(value);
  expect(policy).toEqual({ updates, adds });
  const known = { digest: 'd', version: 1, deleted: false };
  expect([
    outcomeOf(undefined, 'd', policy),
    outcomeOf(known, 'd', policy),
    outcomeOf(known, 'e', policy),
    outcomeOf({ ...known, deleted: true }, 'd', policy),
  ]).toEqual(outcomes);
});

test('HW-37: only "1" removes what is gone', () => {
  expect(['1', '2', '3', '', '4', 'delete'].map(deletedPolicyOf)).toEqual([
    ...['remove', 'leave', 'mark', 'mark', 'mark', 'mark'],
  ]);
});

describe('HW-36: a filter of tables', () => {
  const filter = (databases: string[], tables: string[], filterByRegex = false) =>
    makeTableFilter({ databases, tables, filterByRegex });

  test('takes names exactly as they are written', () => {
    const { takes, databases, named } = filter([], ['ygy1.ygy', 'a.b.c', 'm.x"; drop table y;--']);
    expect(takes('ygy1', 'ygy')).toBe(true);
    expect(takes('ygy1', 'YGY')).toBe(false);
    expect(takes('a', 'b.c')).toBe(true);
    expect(takes('m', 'x"; drop table y;--')).toBe(true);
    expect(databases).toEqual(['ygy1', 'a', 'm']);
    expect(named).toHaveLength(3);
  });

  test('takes everything where nothing is named, and needs both where both are', () => {
    expect(filter([], []).takes('any', 'thing')).toBe(true);
    expect(filter(['a'], []).takes('b', 't')).toBe(false);
    expect(filter(['a'], ['b.t']).takes('b', 't')).toBe(false);
    const both = filter(['a'], ['b.t', 'a.t']);
    expect(both.databases).toEqual(['a']);
    expect(both.named).toEqual([{ schema: 'a', table: 't' }]);
    expect(both.outside).toEqual([{ schema: 'b', table: 't' }]);
    expect(filter(['a'], ['b.t']).databases).toEqual([]);
  });

  test('reads regular expressions over the whole name in linear time', () => {
    const { takes, databases } = filter(['a'], ['a\\.ods_\\d+', '(x+x+)+y'], true);
    expect(takes('a', 'ods_1')).toBe(true);
    expect(takes('a', 'ods_1b')).toBe(false);
    const startedAt = Date.now();
    expect(takes('a', 'x'.repeat(5_000))).toBe(false);
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    expect(databases).toEqual(['a']);
    expect(patternProblem('(a')).toMatch(/^is not a regular expression/);
    expect(patternProblem('(a)\\1')).toMatch(/^is not a regular expression/);
  });
});
