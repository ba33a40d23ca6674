import { newId, openTestStore, type OpenedStore } from './support/opened';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const all = { pageSize: 1000, pageToken: null };
const anything = { connection: null, search: null, withIdMapping: null };
const connection = (tenant: string, name: string) => ({
  tenant,
  name,
  type: 'files',
  config: { path: 'crm', a: 1 },
  secrets: null,
});
const mapping = { columns: [{ column: 'mobile', idType: 'phone' }] };
const tableOf = (name: string) => ({ connection: name, schema: 'main', table: 'customers.2026' });

describe('a connection', () => {
  test('is given back as it was saved, its config in order', async () => {
    const { sources } = opened.store;
    const row = { ...connection('default', `c${newId()}`), secrets: 'encrypted' };
    const made = await sources.createConnection(row, null);
    expect(made).toMatchObject(row);
    const found = await sources.findConnection('default', row.name);
    expect(JSON.stringify(found)).toBe(JSON.stringify(made));
    expect(JSON.stringify(found?.config)).toBe('{"path":"crm","a":1}');
    expect(await sources.findConnection('other', row.name)).toBeNull();
  });

  test('is made by one of many that make it at once', async () => {
    const row = connection('default', `c${newId()}`);
    const made = await Promise.all(
      Array.from({ length: 10 }, () => opened.store.sources.createConnection(row, null)),
    );
    expect(made.filter((answer) => answer === 'taken')).toHaveLength(9);
  });

  test('is replaced whole, where there is one', async () => {
    const { sources } = opened.store;
    const row = connection('default', `c${newId()}`);
    expect(await sources.updateConnection(row)).toBeNull();
    const made = await sources.createConnection(row, null);
    const change = { ...row, type: 'duckdb', config: { file: 'x' }, secrets: 'new' };
    const updated = await sources.updateConnection(change);
    expect(updated).toMatchObject(change);
    expect(updated?.createdAt).toBe(made === 'taken' ? '' : made.createdAt);
    expect(await sources.findConnection('default', row.name)).toEqual(updated);
  });

  test('goes with its registered tables, and comes back without them', async () => {
    const { sources } = opened.store;
    const name = `c${newId()}`;
    await sources.createConnection(connection('default', name), null);
    await sources.putTable('default', tableOf(name), mapping);
    expect(await sources.removeConnection('default', name)).toBe(true);
    expect(await sources.removeConnection('default', name)).toBe(false);
    await sources.createConnection(connection('default', name), null);
    expect(await sources.tables('default', { ...anything, connection: name }, all)).toEqual({
      items: [],
      nextPageToken: null,
    });
  });
});

describe('a registered table', () => {
  const tenant = 'tables';
  const names = ['crm', 'shop'];
  beforeAll(async () => {
    for (const name of names)
      await opened.store.sources.createConnection(connection(tenant, name), null);
  });

  test('keeps its ID mapping until another is put or it is taken away', async () => {
    const { sources } = opened.store;
    const put = (change: typeof mapping | null | undefined) =>
      sources.putTable(tenant, tableOf('crm'), change);
    const registered = await put(undefined);
    expect(registered).toMatchObject({
      ...tableOf('crm'),
      name: 'crm.main.customers.2026',
      idMapping: null,
    });
    const mapped = await put(mapping);
    expect(mapped).toEqual({
      ...registered,
      idMapping: mapping,
      updatedAt: mapped.updatedAt,
    });
    expect(await put(undefined)).toEqual(mapped);
    expect(await sources.findTable(tenant, registered.name)).toEqual(mapped);
    expect(await put(null)).toMatchObject({ idMapping: null });
    expect(await sources.removeTable(tenant, registered.name)).toBe(true);
    expect(await sources.removeTable(tenant, registered.name)).toBe(false);
    expect(await sources.findTable(tenant, registered.name)).toBeNull();
  });

  test('of a connection that is not there is refused', async () => {
    await expect(
      opened.store.sources.putTable(tenant, tableOf('gone'), undefined),
    ).rejects.toMatchObject({ code: 'connectionNotFound' });
  });

  test('is found by connection, by part of its name, and by whether it has an ID mapping', async () => {
    const { sources } = opened.store;
    await sources.putTable(tenant, { connection: 'crm', schema: 'main', table: 'Orders' }, mapping);
    await sources.putTable(tenant, { connection: 'crm', schema: 'main', table: 'items' }, null);
    await sources.putTable(tenant, { connection: 'shop', schema: 'main', table: 'orders' }, null);
    const found = async (filter: Partial<Parameters<typeof sources.tables>[1]>) => {
      const { items } = await sources.tables(tenant, { ...anything, ...filter }, all);
      return items.map((item) => item.name).toSorted();
    };
    expect(await found({ connection: 'crm' })).toEqual(['crm.main.Orders', 'crm.main.items']);
    expect(await found({ search: 'ORDER' })).toEqual(['crm.main.Orders', 'shop.main.orders']);
    expect(await found({ search: 'M.M' })).toEqual(['crm.main.Orders', 'crm.main.items']);
    expect(await found({ withIdMapping: true })).toEqual(['crm.main.Orders']);
    expect(await found({ withIdMapping: false })).toEqual(['crm.main.items', 'shop.main.orders']);
    expect(await found({ search: 'orders', withIdMapping: false })).toEqual(['shop.main.orders']);
    const several = ['shop.main.orders', 'crm.main.Orders', 'crm.main.gone'];
    const rows = await sources.findTables(tenant, several);
    expect(rows.map((row) => row.name).toSorted()).toEqual(['crm.main.Orders', 'shop.main.orders']);
    expect(await sources.findTables(tenant, [])).toEqual([]);
    expect(await sources.findTables('other', several)).toEqual([]);
  });
});

test('the audit is kept by tenant, with times, and found by target', async () => {
  const { audit } = opened.store;
  const detail = { z: 'before', a: 'after' };
  await audit.write('default', { actor: 'admin', action: 'task.edit', target: 'task/1', detail });
  await audit.write('default', { actor: 'admin', action: 'task.edit', target: 'task/2', detail });
  await audit.write('other', { actor: 'admin', action: 'task.edit', target: 'task/1', detail });
  const { items } = await audit.list('default', { target: 'task/1' }, all);
  expect(items).toEqual([
    {
      id: expect.stringMatching(/^\d+$/) as string,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      actor: 'admin',
      action: 'task.edit',
      target: 'task/1',
      detail,
    },
  ]);
  expect((await audit.list('default', { target: null }, all)).items).toHaveLength(2);
});
