/** What holds in every kind of connection alike. */
import {
  OutdatedError,
  SupersededError,
  type Connection,
  type SwapRequest,
  type SwapTable,
} from '../../connectors/connector';
import { smallEngine, withEngine } from '../../connectors/duckdb-engine';
import { TablegateError } from '../../model/errors';
import { awkward, kinds, people, type Opened } from './support/kinds';
import { readTable, rejection, Sandbox } from './support/sandbox';

describe.each(kinds)('a connection of kind $type', ({ type, writes, text, foldsNames, open }) => {
  let sandbox: Sandbox;
  let opened: Opened;
  let connection: Connection;
  let schema: string;
  let made: string;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    sandbox = new Sandbox();
    opened = await open(sandbox);
    ({ connection, schema, made } = opened);
  });
  afterEach(async () => {
    await (opened.close?.() ?? connection.close());
    sandbox.remove();
  });

  /** A result with one column `n` and as many rows. */
  const result = (rows: number) => `(SELECT range::VARCHAR AS n FROM range(${rows}))`;

  function swapIn(request: Omit<SwapRequest, 'engine' | 'signal'>): Promise<number> {
    return withEngine(':memory:', smallEngine, null, (engine) =>
      connection.swapIn({ ...request, engine, signal }),
    );
  }

  async function swap(rows: number, fence: bigint, writer = 'task', startedAtMs = Date.now()) {
    const ref = { schema: made, table: 'out"put' };
    const tables: [SwapTable] = [{ ref, relation: result(rows) }];
    return swapIn({ tables, writer, fence, startedAtMs });
  }

  async function outputRows(): Promise<number> {
    const ref = { schema: made, table: 'out"put' };
    return (await readTable(connection, sandbox, ref, ['n'])).length;
  }

  it('can be saved, and reached', async () => {
    await expect(connection.check()).resolves.toBeUndefined();
    await expect(connection.test()).resolves.toBeUndefined();
  });

  it('lists its tables by name', async () => {
    await expect(connection.listTables()).resolves.toEqual([
      { schema, table: 'empty' },
      { schema, table: awkward },
    ]);
  });

  it('describes the columns of a table in their order', async () => {
    await expect(connection.describeTable({ schema, table: awkward })).resolves.toEqual([
      { name: 'phone', type: text },
      { name: 'full name', type: text },
      { name: '名', type: text },
    ]);
  });

  it('gives a relation with every row and every text as it was', async () => {
    const columns = ['phone', 'full name', '名'];
    const rows = await readTable(connection, sandbox, { schema, table: awkward }, columns);
    expect(rows).toEqual(people);
  });

  it('gives only the rows that hold one of the wanted texts, exactly, in one of the columns', async () => {
    const ref = { schema, table: awkward };
    const columns = ['phone', 'full name'];
    const rowsWith = (filtered: string[], texts: string[]) =>
      readTable(connection, sandbox, ref, columns, { columns: filtered, texts });
    const [first, second] = people.map(([phone, name]) => [phone, name]);
    await expect(rowsWith(['phone'], ['7', '007'])).resolves.toEqual([second]);
    await expect(rowsWith(['full name'], ['O\'Hara "Q"'])).resolves.toEqual([first]);
    await expect(rowsWith(columns, ['007', 'O\'Hara "Q"'])).resolves.toEqual([first, second]);
    await expect(rowsWith(columns, ['nobody'])).resolves.toEqual([]);
  });

  it('gives a relation over a table without rows', async () => {
    const ref = { schema, table: 'empty' };
    await expect(readTable(connection, sandbox, ref, ['id'])).resolves.toEqual([]);
  });

  it('shows its first rows, every text as it was, and whether there are more', async () => {
    const ref = { schema, table: awkward };
    const columns = ['phone', 'full name', '名'].map((name) => ({ name, type: text }));
    expect(await connection.firstRows(ref, 2)).toEqual({ columns, rows: people, more: false });
    const one = { columns, rows: [people[0]], more: true };
    expect(await connection.firstRows(ref, 1)).toEqual(one);
    const empty = await connection.firstRows({ schema, table: 'empty' }, 5);
    expect(empty).toEqual({ columns: [{ name: 'id', type: text }], rows: [], more: false });
  });

  it('refuses to show rows of a table that is not there', async () => {
    const error = await rejection(connection.firstRows({ schema, table: 'absent' }, 5));
    expect(error).toMatchObject({ code: 'tableNotFound' });
  });

  it('refuses a table that is not there, and a schema', async () => {
    const absent = [
      { schema, table: 'absent' },
      { schema: 'other', table: 'empty' },
    ];
    for (const ref of absent) {
      const error = await rejection(connection.describeTable(ref));
      expect(error).toBeInstanceOf(TablegateError);
      expect(error).toMatchObject({ code: 'tableNotFound' });
      expect(error.message).toContain(`${ref.schema}.${ref.table}`);
    }
  });

  it('refuses to read a column that is not there and names those that are', async () => {
    const ref = { schema, table: awkward };
    const error = await rejection(readTable(connection, sandbox, ref, ['phone', 'mobile']));
    expect(error).toMatchObject({ code: 'columnNotFound' });
    expect(error.message).toContain('"mobile"');
    expect(error.message).toContain('"full name"');
  });

  it('stops reading when it is aborted', async () => {
    const reason = new Error('cancelled by a person');
    const aborted = AbortSignal.abort(reason);
    const request = {
      ref: { schema, table: awkward },
      columns: ['phone'],
      scratchDir: sandbox.scratch,
      signal: aborted,
    };
    await expect(connection.prepareScan(request)).rejects.toBe(reason);
  });

  if (!writes) {
    it('refuses to hold a result', async () => {
      const error = await rejection(swap(1, 1n));
      expect(error.message).toContain(`kind ${type}`);
      const ref = { schema, table: 't' };
      expect((await rejection(connection.targetKey(ref))).message).toContain(`kind ${type}`);
    });
    return;
  }

  it('makes the table of a result with its schema, then replaces it whole', async () => {
    await expect(swap(5, 1n)).resolves.toBe(5);
    await expect(outputRows()).resolves.toBe(5);
    await expect(swap(3, 2n)).resolves.toBe(3);
    await expect(outputRows()).resolves.toBe(3);
  });

  it('refuses a swap with a lower fence and keeps what the later one wrote', async () => {
    await swap(5, 7n);
    await expect(swap(3, 6n)).rejects.toBeInstanceOf(SupersededError);
    await expect(outputRows()).resolves.toBe(5);
  });

  it('lets the same try write again', async () => {
    await swap(5, 7n);
    await swap(4, 7n);
    await expect(outputRows()).resolves.toBe(4);
  });

  it('keeps the fences of the tables of one writer apart', async () => {
    await swap(5, 7n);
    const ref = { schema: made, table: 'other' };
    const tables: [SwapTable] = [{ ref, relation: result(2) }];
    const request = { tables, writer: 'task', fence: 6n, startedAtMs: 0 };
    await expect(swapIn(request)).resolves.toBe(2);
  });

  it('refuses a sleeper of the task that wrote the table before, whatever its fence', async () => {
    const asleepSince = Date.now();
    await swap(5, 7n, 'former task');
    await expect(swap(2, 1n, 'new task', Date.now() + 1)).resolves.toBe(2);
    const sleeper = swap(3, 8n, 'former task', asleepSince);
    await expect(sleeper).rejects.toBeInstanceOf(SupersededError);
    await expect(outputRows()).resolves.toBe(2);
  });

  it('refuses a sleeper of a former task that never wrote', async () => {
    const asleepSince = Date.now();
    await swap(2, 1n, 'new task');
    const sleeper = swap(3, 8n, 'former task', asleepSince);
    await expect(sleeper).rejects.toBeInstanceOf(SupersededError);
    await expect(outputRows()).resolves.toBe(2);
  });

  it('lets a task write again that has the table back from another', async () => {
    await swap(5, 7n, 'former task');
    await swap(2, 1n, 'new task', Date.now() + 1);
    await expect(swap(4, 8n, 'former task', Date.now() + 1)).resolves.toBe(4);
    await expect(swap(3, 7n, 'former task')).rejects.toBeInstanceOf(SupersededError);
    await expect(outputRows()).resolves.toBe(4);
  });

  it('names a target by one key, and others by others', async () => {
    const keyOf = (name: string, table: string) => connection.targetKey({ schema: name, table });
    const key = await keyOf('main', 'out.put');
    await expect(keyOf('main', 'out.put')).resolves.toBe(key);
    await expect(keyOf(foldsNames ? 'Main' : 'main', 'out.put')).resolves.toBe(key);
    const others = await Promise.all([keyOf('main', 'ÖUT.put'), keyOf('main', 'öut.put')]);
    const all = [key, ...others, await keyOf('main.out', 'put')];
    expect(new Set(all).size).toBe(4);
  });

  if (foldsNames) {
    it('holds a table once in whatever case its name is written', async () => {
      await swap(5, 7n);
      const ref = { schema: 'Made Here', table: 'OUT"put' };
      const tables: [SwapTable] = [{ ref, relation: result(2) }];
      const request = { tables, writer: 'task', startedAtMs: 0, fence: 6n };
      await expect(swapIn(request)).rejects.toThrow(SupersededError);
    });
  }

  const other = () => ({ schema: made, table: 'beside' });

  it('replaces several tables together, or none of them', async () => {
    const ref = { schema: made, table: 'out"put' };
    const tables: SwapRequest['tables'] = [
      { ref, relation: result(5) },
      { ref: other(), relation: result(3) },
    ];
    await expect(swapIn({ tables, writer: 'task', fence: 1n, startedAtMs: 0 })).resolves.toBe(5);
    await expect(readTable(connection, sandbox, other(), ['n'])).resolves.toHaveLength(3);
    const broken: SwapRequest['tables'] = [
      { ref, relation: result(7) },
      { ref: other(), relation: '(SELECT error($$it breaks$$) AS n)' },
    ];
    const breaking = swapIn({ tables: broken, writer: 'task', fence: 2n, startedAtMs: 0 });
    await expect(breaking).rejects.toThrow('it breaks');
    await expect(outputRows()).resolves.toBe(5);
    await expect(connection.lastWrite(ref)).resolves.toMatchObject({ writer: 'task', fence: 1n });
  });

  it('tells who has written a table last', async () => {
    const ref = { schema: made, table: foldsNames ? 'OUT"PUT' : 'out"put' };
    await expect(connection.lastWrite(ref)).resolves.toBeNull();
    await swap(5, 7n);
    await expect(connection.lastWrite(ref)).resolves.toEqual({
      writer: 'task',
      fence: 7n,
      note: null,
    });
  });

  it('keeps what is noted with a result, for as long as that is there', async () => {
    const ref = { schema: made, table: 'out"put' };
    const tables = (rows: string): SwapRequest['tables'] => [
      { ref, relation: result(5) },
      { ref: other(), relation: rows },
    ];
    const noted = async () => (await connection.lastWrite(ref))?.note;
    const request = { writer: 'task', startedAtMs: 0 };
    const text = `{"it's": "名", "back": "\\\\n"}`;
    const note = () => Promise.resolve(text);
    await swapIn({ ...request, tables: tables(result(3)), fence: 1n, note });
    await expect(noted()).resolves.toBe(text);
    await expect(connection.lastWrite(other())).resolves.toMatchObject({ note: null });

    const breaking = { ...request, tables: tables('(SELECT error($$it breaks$$) AS n)') };
    const otherNote = () => Promise.resolve('another');
    await rejection(swapIn({ ...breaking, fence: 2n, note: otherNote }));
    await expect(noted()).resolves.toBe(text);
    const failing = () => Promise.reject(new Error('nothing can be told of it'));
    const unknown = { ...request, tables: tables(result(4)), fence: 2n, note: failing };
    await expect(swapIn(unknown)).rejects.toThrow('nothing can be told of it');
    await expect(noted()).resolves.toBe(text);
    await expect(outputRows()).resolves.toBe(5);

    await swapIn({ ...request, tables: tables(result(3)), fence: 3n });
    await expect(noted()).resolves.toBeNull();
  });

  it('refuses a result that builds on another than the one that is there', async () => {
    const ref = { schema: made, table: 'out"put' };
    const tables: [SwapTable] = [{ ref, relation: result(2) }];
    const request = { tables, writer: 'task', startedAtMs: 0 };
    await swapIn({ ...request, fence: 1n, basedOn: null });
    await expect(swapIn({ ...request, fence: 2n, basedOn: null })).rejects.toThrow(OutdatedError);
    const first = { writer: 'task', fence: 1n, note: null };
    await expect(swapIn({ ...request, fence: 2n, basedOn: first })).resolves.toBe(2);
    await expect(swapIn({ ...request, fence: 3n, basedOn: first })).rejects.toThrow(OutdatedError);
    await expect(connection.lastWrite(ref)).resolves.toMatchObject({ writer: 'task', fence: 2n });
  });

  it('lists the table of a result and nothing of our own', async () => {
    await swap(1, 1n);
    const tables = await connection.listTables();
    expect(tables).toContainEqual({ schema: made, table: 'out"put' });
    expect(tables.map((table) => table.schema)).not.toContain('tablegate');
  });
});
