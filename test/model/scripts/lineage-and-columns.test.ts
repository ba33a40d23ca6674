/** What a script reads and writes by column, and whether the columns go together. */
import { columnsOfQuery } from '../../../model/query-columns';
import { parseScript } from '../../../model/script';
import { checkColumns, type KnownColumn } from '../../../model/script-columns';
import { scriptEndpoints } from '../../../model/script-endpoints';
import { analyseLineage, columnName } from '../../../model/script-lineage';
import { planOf } from '../../../model/script-plan';
import { copyScript } from '../../support/sync-script-job';

type Parameter = Record<string, unknown>;

const scriptOf = (reader: Parameter, writer: Parameter = {}) =>
  parseScript(copyScript(reader, writer)).script!;

describe('the columns of a query', () => {
  const of = (sql: string, kind: 'postgres' | 'mysql' = 'postgres') =>
    Object.fromEntries(columnsOfQuery(kind, sql));

  test('DP-37: are told by table, aliases resolved', () => {
    expect(of('select o.id, c.name from s.orders o join customers c on o.customer = c.id')).toEqual(
      {
        ...{ orders: ['id', 'customer'], customers: ['name', 'id'] },
      },
    );
    expect(of('select a, b as x from t where c > 1 order by d')).toEqual({
      t: ['a', 'b', 'c', 'd'],
    });
    expect(of('select `a b` from t', 'mysql')).toEqual({ t: ['a b'] });
  });

  test('are open where the query does not say', () => {
    expect(of('select * from t')).toEqual({ t: null });
    expect(of('select a from t, u')).toEqual({ t: null, u: null });
    expect(of('select count(*) from t')).toEqual({ t: null });
    expect(of('this is no query')).toEqual({});
  });
});

test('DP-37: the lineage names tables once, with what is known of their columns', () => {
  const described = new Map([['analysis.main.copy', ['id', 'name']]]);
  const of = (reader: Parameter, writer?: Parameter) =>
    analyseLineage(scriptEndpoints(scriptOf(reader, writer)), described);
  expect(of({ column: ['id', '"a b"', "'constant'", 'upper(name)', 'null'] })).toEqual({
    reads: [{ table: 'analysis.main.orders', columns: ['id', 'a b'] }],
    writes: [{ table: 'analysis.main.copy', columns: ['id', 'name'] }],
    complete: true,
  });
  const querySql = ['select a from main.orders', 'select b from main.orders'];
  expect(of({ querySql }).reads).toEqual([{ table: 'analysis.main.orders', columns: ['a', 'b'] }]);
  expect(of({ querySql: 'from nothing that is SQL' })).toMatchObject({ complete: false });
});

test.each([
  ['id', 'id'],
  ['a b', 'a b'],
  ['"a ""b"""', 'a "b"'],
  ['`x`', 'x'],
  ['名字', '名字'],
  ['now()', null],
  ["'x'", null],
  ['1', null],
  ['a + b', null],
  ['NULL', null],
  ['current_date', null],
  ['rowid', null],
])('among the columns %s stands for %s', (text, name) => {
  expect(columnName(text)).toBe(name);
});

describe('columns', () => {
  const columns = (...types: [string, string][]): KnownColumn[] =>
    types.map(([name, type]) => ({ name, type }));
  const check = (
    sides: { reader?: Parameter; writer?: Parameter },
    source: KnownColumn[],
    target: KnownColumn[] | null,
  ) =>
    checkColumns(planOf(scriptOf(sides.reader ?? {}, sides.writer)), {
      reads: new Map([['c.m.s', source]]),
      target: target && { name: 'c.m.t', columns: target },
    });
  const source = columns(['id', 'BIGINT'], ['Name', 'varchar(20)'], ['made', 'timestamp']);

  test('DP-38: that are not there are named with those that are', () => {
    expect(check({ reader: { column: ['id', 'nome', 'now()'] } }, source, null).failures).toEqual([
      'c.m.s has no column nome; it has id, Name, made',
    ]);
    expect(check({ writer: { column: ['id', 'x', 'made'] } }, source, source).failures).toEqual([
      'c.m.t has no column x; it has id, Name, made',
    ]);
    expect(check({ reader: { column: ['ID', 'name'] } }, source, null).failures).toEqual([]);
  });

  test('DP-38: are as many on both sides, whose values fit', () => {
    const fits = { failures: [], warnings: [] };
    expect(check({}, source, source)).toEqual(fits);
    expect(check({}, source, null)).toEqual(fits);
    expect(check({}, source, source.slice(1)).failures).toEqual([
      expect.stringMatching(/^3 columns are read and 2 are written/),
    ]);
    const texts = columns(['a', 'TEXT'], ['b', 'TEXT'], ['c', 'TEXT']);
    expect(check({}, source, texts)).toEqual(fits);
    expect(check({}, texts, source).warnings).toEqual([
      'a (TEXT) goes into id (BIGINT); rows whose value does not fit are dirty',
      'c (TEXT) goes into made (timestamp); rows whose value does not fit are dirty',
    ]);
    expect(check({ reader: { column: ['id', 'now()', 'made'] } }, source, source)).toEqual(fits);
    const querySql = 'select 1';
    expect(check({ reader: { querySql } }, source, source.slice(2))).toEqual(fits);
  });

  test('that find each other by name may come in any order', () => {
    const writer = { columnMapping: 'name' };
    const turned = source.toReversed();
    expect(check({ writer }, source, turned)).toEqual({ failures: [], warnings: [] });
    const more = [...turned, ...columns(['extra', 'INTEGER'])];
    expect(check({ writer }, source, more)).toEqual({
      ...{ failures: [], warnings: ['nothing that is read is named extra'] },
    });
    expect(
      check({ writer: { ...writer, column: ['id', 'extra'] } }, source, more).failures,
    ).toEqual(['nothing that is read is named extra']);
  });
});
