import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import { openConnection } from '../../connectors';
import { ConnectorError } from '../../connectors/connector';
import { TablegateError } from '../../model/errors';
import { readTable, rejection, runSql, Sandbox } from './support/sandbox';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

function open(folder = sandbox.root) {
  return openConnection({ type: 'files', config: { path: folder } }, sandbox.context);
}

async function refusal(name: string, content: string | Buffer, columns = ['id', 'phone']) {
  sandbox.write(name, content);
  const ref = { schema: 'main', table: name.replace(/\.\w+(\.gz)?$/, '') };
  return await rejection(readTable(open(), sandbox, ref, columns));
}

describe('a broken file is refused in one sentence that names it', () => {
  const rows = (count: number) => '1,0138\n'.repeat(count);

  it.each([
    ['a row with a column too few', `id,phone\n1,0138\n2\n`, 'line 3', '1 columns'],
    ['a row with a column too many', `id,phone\n1,0138\n2,0139,x\n`, 'line 3', '3 columns'],
    ['a bad row far below', `id,phone\n${rows(400_000)}2\n`, 'line 400002', '1 columns'],
    ['a quote that is never closed', 'id,phone\n1,"0138\n2,0139\n', 'line 2', 'quoting'],
    ['text after a closing quote', 'id,phone\n1,0138\n2,"01"39\n', 'line 3', 'quoting'],
    ['a quote that swallows the rest', `id,phone\n1,"0138\n${rows(400_000)}`, 'line 2', 'quoting'],
  ])('%s', async (_, content, line, problem) => {
    const error = await refusal('orders.csv', content);
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error.message).toContain(`orders.csv, ${line}: `);
    expect(error.message).toContain(problem);
    expect(error.message).not.toContain('\n');
  });

  it('bytes that are not UTF-8 in a file that is', async () => {
    const good = Buffer.from('id,phone\n1,北京\n2,上海\n3,广州\n4,');
    const error = await refusal('orders.csv', Buffer.concat([good, Buffer.from([0xe5, 0x0a])]));
    expect(error.message).toMatch(/^orders\.csv, line 5: .*UTF-8/);
  });

  it.each([
    ['no byte', ''],
    ['only a byte order mark', '\ufeff'],
    ['only empty lines', '\n\r\n\n'],
  ])('%s', async (_, content) => {
    expect((await refusal('orders.csv', content)).message).toBe(
      'orders.csv is empty: it has no header line.',
    );
  });

  it('a gzip file that is cut off', async () => {
    const error = await refusal('orders.csv.gz', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]));
    expect(error.message).toBe('orders.csv.gz is not a whole gzip file.');
  });

  it.each([
    ['a text', 'id,phone\n1,0138\n'],
    ['no byte', ''],
    ['a Parquet file cut off', 'PAR1\u0001\u0002\u0003 and then nothing more'],
  ])('%s under the name of a Parquet file', async (_, content) => {
    const error = await refusal('orders.parquet', content);
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error.message).toBe('orders.parquet is not a Parquet file.');
  });

  it('a column that is missing in CSV and in Parquet', async () => {
    const csv = await refusal('orders.csv', 'id,fone\n1,0138\n');
    expect(csv).toMatchObject({ code: 'columnNotFound' });
    expect(csv.message).toBe('orders.csv has no column "phone"; its columns are "id", "fone".');
    const file = path.join(sandbox.root, 'logins.parquet');
    await runSql(':memory:', `COPY (SELECT 1 AS id) TO '${file}' (FORMAT parquet)`);
    const ref = { schema: 'main', table: 'logins' };
    const parquet = await rejection(readTable(open(), sandbox, ref, ['phone']));
    expect(parquet.message).toContain('logins.parquet has no column "phone"');
  });

  it('with nothing of its rows in the cause', async () => {
    const error = await refusal('orders.csv', 'id,phone\n1,0138\nsecret-person\n');
    expect(String((error.cause as Error).message)).toContain('Expected Number of Columns');
    expect(String((error.cause as Error).message)).not.toContain('secret-person');
  });

  it('in an encoding that its bytes leave halfway', async () => {
    const text = iconv.encode('id,城市\n1,北京\n2,上海\n3,广州\n', 'utf-16le');
    const error = await refusal(
      'orders.csv',
      Buffer.concat([text, Buffer.from([0x00, 0xd8, 0x41, 0x00, 0x0a, 0x00])]),
      ['id'],
    );
    expect(error.message).toBe('orders.csv holds bytes that are not utf-16le.');
  });
});

describe('a folder', () => {
  it('with two files of one name is refused, naming both', async () => {
    sandbox.write('x.csv', 'id\n1\n');
    sandbox.write('x.parquet', '');
    const describing = await rejection(open().describeTable({ schema: 'main', table: 'x' }));
    expect(describing.message).toContain('x.csv and x.parquet');
    expect((await rejection(open().test())).message).toContain('x.csv and x.parquet');
    await expect(open().listTables()).resolves.toEqual([{ schema: 'main', table: 'x' }]);
  });

  it('that is not there is refused, also before it is saved', async () => {
    const connection = open(path.join(sandbox.root, 'absent'));
    for (const use of ['check', 'test'] as const) {
      const error = await rejection(connection[use]());
      expect(error).toBeInstanceOf(ConnectorError);
      expect(error.message).toMatch(/absent does not exist\.$/);
    }
  });

  it('that is a file is refused', async () => {
    const file = sandbox.write('x.csv', 'id\n1\n');
    expect((await rejection(open(file).check())).message).toMatch(/x\.csv is not a folder\.$/);
    const below = await rejection(open(path.join(file, 'sub')).check());
    expect(below.message).toMatch(/sub has a part that is not a folder\.$/);
  });

  it('lists neither hidden files nor folders nor other kinds of files', async () => {
    sandbox.write('.hidden.csv', 'id\n');
    sandbox.write('sub.csv/x.csv', 'id\n');
    sandbox.write('notes.txt', 'id\n');
    sandbox.write('Upper.CSV', 'id\n');
    await expect(open().listTables()).resolves.toEqual([{ schema: 'main', table: 'Upper' }]);
  });
});

describe('a path outside the allowed folders is refused with the setting to use', () => {
  async function expectOutside(connection: ReturnType<typeof open>) {
    for (const use of ['check', 'test'] as const) {
      const error = await rejection(connection[use]());
      expect(error).toBeInstanceOf(TablegateError);
      expect(error).toMatchObject({ code: 'pathOutsideRoots' });
      expect(error.message).toContain('TABLEGATE_FILES_ROOTS');
      // It has no effect elsewhere.
      expect(error.message).toContain('to the tenant "default" alone');
      expect(error.message).toContain(sandbox.root);
    }
  }

  it.each(['files', 'duckdb'])('plainly, for %s', async (type) => {
    const config = { path: path.join(sandbox.outside, 'x') };
    await expectOutside(openConnection({ type, config }, sandbox.context));
  });

  it.each(['files', 'duckdb'])('by two dots, for %s', async (type) => {
    const config = { path: `${sandbox.root}/../outside/x` };
    await expectOutside(openConnection({ type, config }, sandbox.context));
  });

  it('by a name that only begins like an allowed folder', async () => {
    await expectOutside(open(`${sandbox.root}-2`));
  });

  it('by a link to a folder', async () => {
    symlinkSync(sandbox.outside, path.join(sandbox.root, 'link'));
    await expectOutside(open(path.join(sandbox.root, 'link')));
    const config = { path: path.join(sandbox.root, 'link', 'new.duckdb') };
    await expectOutside(openConnection({ type: 'duckdb', config }, sandbox.context));
  });

  it('by a link to a file that is not there yet', async () => {
    symlinkSync(path.join(sandbox.outside, 'new.duckdb'), path.join(sandbox.root, 'x.duckdb'));
    symlinkSync(path.join(sandbox.outside, 'absent'), path.join(sandbox.root, 'link'));
    for (const name of ['x.duckdb', 'link/y.duckdb']) {
      const config = { path: path.join(sandbox.root, name) };
      await expectOutside(openConnection({ type: 'duckdb', config }, sandbox.context));
    }
  });

  it('by a link to a file inside the folder', async () => {
    writeFileSync(path.join(sandbox.outside, 'secret.csv'), 'id\n1\n');
    symlinkSync(path.join(sandbox.outside, 'secret.csv'), path.join(sandbox.root, 'x.csv'));
    const ref = { schema: 'main', table: 'x' };
    const error = await rejection(open().describeTable(ref));
    expect(error).toMatchObject({ code: 'pathOutsideRoots' });
    const reading = await rejection(readTable(open(), sandbox, ref, ['id']));
    expect(reading).toMatchObject({ code: 'pathOutsideRoots' });
  });

  it('but a link that stays inside is followed', async () => {
    sandbox.write('data/x.csv', 'id\n1\n');
    symlinkSync(path.join(sandbox.root, 'data'), path.join(sandbox.root, 'link'));
    const rows = readTable(
      open(path.join(sandbox.root, 'link')),
      sandbox,
      { schema: 'main', table: 'x' },
      ['id'],
    );
    await expect(rows).resolves.toEqual([['1']]);
  });
});

it('a config with unknown or missing fields is refused, naming them', () => {
  const configured = { type: 'files', config: { folder: 'x' } };
  expect(() => openConnection(configured, sandbox.context)).toThrow(/config\.path/);
  expect(() => openConnection({ type: 'ftp', config: {} }, sandbox.context)).toThrow(
    /there are files, duckdb/,
  );
  expect(() => openConnection({ type: 'fake', config: {} }, sandbox.context)).toThrow(/fake/);
});
