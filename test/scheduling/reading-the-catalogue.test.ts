import type { CatalogueFilter } from '../../model/catalogue/catalogue';
import { definitionOf, factsOf, type CollectedTable } from '../../model/catalogue/collected';
import { alivePolicyOf } from '../../model/catalogue/policies';
import { requireTable } from '../../scheduling/known-tables';
import { Catalogue } from '../../scheduling/catalogue';
import { rejection } from '../connectors/support/sandbox';
import { newId, openTestStore, type OpenedStore } from '../store/support/opened';
import { callerOf } from '../support/samples';

let opened: OpenedStore;
let catalogue: Catalogue;
beforeAll(async () => {
  opened = await openTestStore();
  catalogue = new Catalogue(opened);
});
afterAll(() => opened.close());

const page = { pageSize: 1000, pageToken: null };
const anything: CatalogueFilter = {
  ...{ connection: null, schema: null, kind: null, class: null },
  ...{ tag: null, owner: null, deleted: null },
};
const callerIn = (tenant: string) => ({ ...callerOf('developer'), tenant });

type Columns = Record<string, string | null>;

function collected(table: string, columns: Columns, comment: string | null = null): CollectedTable {
  return {
    schema: 'main',
    table,
    definition: definitionOf({
      kind: 'table',
      comment,
      columns: Object.entries(columns).map(([name, said]) => ({
        ...{ name, type: 'VARCHAR', comment: said, nullable: true, default: null },
      })),
    }),
    facts: factsOf({ rows: 3 }),
  };
}

const collect = (tenant: string, tables: CollectedTable[], connection = 'crm') =>
  opened.store.catalogue.collect(
    { tenant, connection, taskId: newId(), runId: newId() },
    tables,
    alivePolicyOf('3'),
  );

describe('a search', () => {
  const tenant = newId();
  const caller = callerIn(tenant);
  const found = async (question: string, filter = anything) =>
    (await catalogue.search(caller, question, filter, 20)).items.map(({ table }) => table);
  beforeAll(async () => {
    await collect(tenant, [
      collected('customers', { id: null, mobilePhone: '客户手机号' }, '客户主表'),
      collected('orders', { id: null, customer_id: 'who has ordered' }),
      collected('order_customers', { note: null }),
      collected('x"; drop table y;--', { "a'b": null }),
    ]);
    await collect(newId(), [collected('customers_of_others', {})]);
    await opened.store.catalogue.keepProfiles(tenant, [
      {
        name: 'crm.main.customers',
        profile: null,
        classes: { mobilePhone: [{ class: 'phone', confidence: 0.9, by: ['name'] }] },
      },
    ]);
  });

  test('finds tables first, then columns, then texts; by beginnings and in Chinese', async () => {
    expect(await found('customers')).toEqual(['customers', 'order_customers']);
    expect(await found('custom')).toEqual(['customers', 'order_customers', 'orders']);
    expect(await found('ord')).toEqual(['orders', 'order_customers']);
    expect(await found('ordered')).toEqual(['orders']);
    expect(await found('t')).toEqual(['x"; drop table y;--']);
    expect(await found('客户')).toEqual(['customers']);
    expect(await found('手')).toEqual(['customers']);
    expect(await found('机户')).toEqual([]);
    expect(await found('order id')).toEqual(['orders']);
    expect(await found('drop table')).toEqual(['x"; drop table y;--']);
    expect(await found('phone')).toEqual(['customers']);
    expect(await found("&|! ' --")).toEqual([]);
    expect(await found('customers', { ...anything, class: 'phone' })).toEqual(['customers']);
  });

  test('has names before texts: of tables, then the very column, then others, however much texts say', async () => {
    const places = newId();
    await collect(places, [
      collected(
        'a_text',
        { a: 'risk level 等级', b: 'level of risk, 等级' },
        'risk level, 风险等级',
      ),
      collected('b_parts', { level: null, risk: null }),
      collected('c_longer', { risk_levels: null, other: 'risk level' }),
      collected('d_very', { other: null, Risk_Level: null }),
      collected('risk_level_of_days', { day: null }),
      collected('e_chinese', { 风险等级: null }),
    ]);
    const ranked = async (question: string) => {
      const { items } = await catalogue.search(callerIn(places), question, anything, 20);
      return items.map(({ table }) => table);
    };
    const [first, ...columns] = ['risk_level_of_days', 'd_very', 'b_parts', 'c_longer'];
    expect(await ranked('risk_level')).toEqual([first, ...columns, 'a_text']);
    expect(await ranked('RISK_LEVEL ')).toEqual([first, ...columns, 'a_text']);
    expect(await ranked('level')).toEqual([first, 'b_parts', 'd_very', 'c_longer', 'a_text']);
    expect(await ranked('风险等级')).toEqual(['e_chinese', 'a_text']);
    expect(await ranked('等级')).toEqual(['e_chinese', 'a_text']);
    expect(await ranked('risk\0level')).toEqual([first, ...columns, 'a_text']);
  });

  test('finds the one column of a name among many tables whose texts say it', async () => {
    const many = newId();
    const talking = Array.from({ length: 200 }, (_, n) =>
      collected(`t${n}`, { a: 'the margin' }, 'margin, margin_net'),
    );
    await collect(many, [...talking, collected('zz', { margin_net: null })]);
    for (const question of ['margin_net', 'margin', 'marg', 'net margin']) {
      const { items, more } = await catalogue.search(callerIn(many), question, anything, 3);
      expect(items[0]?.table).toBe('zz');
      expect(more).toBe(true);
    }
  });

  test('says which columns answer', async () => {
    const { items } = await catalogue.search(caller, '手机', anything, 20);
    expect(items[0]?.matchingColumns).toEqual([
      { name: 'mobilePhone', type: 'VARCHAR', comment: '客户手机号', description: null },
    ]);
    expect(items[0]).not.toHaveProperty('columns');
    const wide = newId();
    const others = Array.from({ length: 30 }, (_, n) => [`order_${n}_id`, null]);
    await collect(wide, [collected('wide', { ...Object.fromEntries(others), order_id: null })]);
    const found = await catalogue.search(callerIn(wide), 'order_id', anything, 1);
    expect(found.items[0]?.matchingColumns.slice(0, 2)).toMatchObject([
      { name: 'order_id' },
      { name: 'order_0_id' },
    ]);
  });

  test('gives no more than was asked for, and says so', async () => {
    expect(await catalogue.search(caller, 'id', anything, 1)).toMatchObject({ more: true });
  });
});

describe('what people say of a table', () => {
  const tenant = newId();
  const caller = callerIn(tenant);
  const name = 'crm.main.orders';
  test('is kept over collections, and found', async () => {
    await collect(tenant, [collected('orders', { id: null, gone: null })]);
    await catalogue.edit(caller, name, {
      ...{ description: 'All sales', owner: 'Ada', tags: ['gold'] },
      columns: { id: { description: 'Number of the order', tags: ['key'] } },
    });
    await catalogue.edit(caller, name, { owner: null });
    const outcomes = await collect(tenant, [collected('orders', { id: null, fresh: null })]);
    expect([...outcomes.values()]).toEqual(['changed']);
    expect(await catalogue.table(caller, name)).toMatchObject({
      ...{ description: 'All sales', owner: null, tags: ['gold'], version: 2 },
      columns: [{ name: 'id', description: 'Number of the order', tags: ['key'] }, {}],
    });
    for (const question of ['sales', 'gold', 'key', 'number']) {
      const { items } = await catalogue.search(caller, question, anything, 5);
      expect(items.map((one) => one.name)).toEqual([name]);
    }
    const { items } = await catalogue.tables(caller, { ...anything, tag: 'gold' }, page);
    expect(items).toHaveLength(1);
    expect(await catalogue.choices(caller)).toMatchObject({ tags: ['gold'], owners: [] });
  });

  test('names columns and tables that are there', async () => {
    const noColumn = await rejection(catalogue.edit(caller, name, { columns: { nope: {} } }));
    expect(noColumn).toMatchObject({ code: 'columnNotFound', fields: [{ path: 'columns.nope' }] });
    expect(await rejection(catalogue.edit(caller, 'crm.main.nope', {}))).toMatchObject({
      code: 'tableNotFound',
    });
  });
});

describe('versions', () => {
  const tenant = newId();
  const caller = callerIn(tenant);
  const name = 'crm.main.orders';

  test('are made by what changes only, each with its changes', async () => {
    const several = (columns: Columns) =>
      Array.from({ length: 300 }, (_, n) => collected(`t${n}`, columns));
    await collect(tenant, [collected('orders', { id: null }), ...several({ a: null })]);
    await collect(tenant, [collected('orders', { id: 'new' }), ...several({ a: null, b: null })]);
    const outcomes = await collect(tenant, [
      collected('orders', { id: 'new' }),
      ...several({ a: null, b: null }),
    ]);
    expect(new Set(outcomes.values())).toEqual(new Set(['unchanged']));
    const { items } = await catalogue.versions(caller, name, page);
    expect(items).toMatchObject([
      {
        ...{ version: 2, event: 'changed' },
        changes: [{ part: 'column', name: 'id', field: 'comment', before: null, after: 'new' }],
      },
      { version: 1, event: 'added', changes: [] },
    ]);
    const first = await catalogue.versions(caller, name, { pageSize: 1, pageToken: null });
    expect(first.items).toEqual([items[0]]);
    expect(
      await catalogue.versions(caller, name, { pageSize: 1, pageToken: first.nextPageToken }),
    ).toMatchObject({ items: [{ version: 1 }], nextPageToken: null });
  });

  test('are read one by one, and compared with any other', async () => {
    await collect(tenant, [collected('orders', { other: null })]);
    const third = await catalogue.version(caller, name, 3, 1);
    expect(third.definition.columns).toMatchObject([{ name: 'other' }]);
    expect(third.changes.map(({ change }) => change)).toEqual(['removed', 'added']);
    expect((await catalogue.version(caller, name, 1, null)).changes).toEqual([]);
    for (const asked of [
      [9, null],
      [1, 9],
    ] as const) {
      expect(await rejection(catalogue.version(caller, name, asked[0], asked[1]))).toMatchObject({
        code: 'tableVersionNotFound',
      });
    }
    expect(await rejection(catalogue.versions(caller, 'crm.main.nope', page))).toMatchObject({
      code: 'tableNotFound',
    });
  });
});

test('all of it is exported, a table or a column a line, and no formula', async () => {
  const tenant = newId();
  await collect(tenant, [
    ...Array.from({ length: 450 }, (_, n) => collected(`t${n}`, { a: null, b: '=1+1' })),
    collected('empty', {}),
  ]);
  const read = async (format: 'json' | 'csv') => {
    let text = '';
    for await (const piece of catalogue.export(callerIn(tenant), anything, format)) text += piece;
    return text;
  };
  const { items } = JSON.parse(await read('json')) as { items: { name: string }[] };
  expect(new Set(items.map(({ name }) => name)).size).toBe(451);
  const lines = (await read('csv')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(1 + 450 * 2 + 1);
  expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([23]));
  expect(lines.filter((line) => line.includes(",'=1+1,"))).toHaveLength(450);
  const none = callerIn(newId());
  let empty = '';
  for await (const piece of catalogue.export(none, anything, 'json')) empty += piece;
  expect(JSON.parse(empty)).toEqual({ items: [], nextPageToken: null });
});

test('a table with more words than PostgreSQL searches is kept whole', async () => {
  const tenant = newId();
  const letter = (n: number) => String.fromCodePoint(0x4e00 + (n % 20_000));
  const comment = (n: number) =>
    Array.from({ length: 60 }, (_, place) => letter(n * 61 + place * 7)).join('');
  const columns = Array.from({ length: 3_000 }, (_, n) => [`c${n}_${n ** 3}`, comment(n)] as const);
  await collect(tenant, [collected('wide', Object.fromEntries(columns))]);
  const { items } = await catalogue.search(callerIn(tenant), 'wide', anything, 5);
  expect(items).toMatchObject([{ table: 'wide', columnCount: 3_000 }]);
});

test('a table that was collected is known to triggers and backfills, until it is gone', async () => {
  const tenant = newId();
  const known = () => requireTable(opened.store, tenant, 'crm.main.orders');
  expect(await rejection(known())).toMatchObject({ code: 'tableNotFound' });
  await collect(tenant, [collected('orders', {})]);
  await known();
  const collection = { tenant, connection: 'crm', taskId: newId(), runId: newId() };
  await opened.store.catalogue.settleGone(collection, ['crm.main.orders'], 'mark');
  expect(await rejection(known())).toMatchObject({ code: 'tableNotFound' });
});
