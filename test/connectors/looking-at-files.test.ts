import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { openConnection } from '../../connectors';
import { withLook } from '../../connectors/looks';
import { Turns } from '../../connectors/turns';
import { readTable, rejection, Sandbox } from './support/sandbox';

const mebibyte = 1 << 20;
const big = { schema: 'main', table: 'big' };

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => {
  jest.restoreAllMocks();
  sandbox.remove();
});

function open() {
  return openConnection({ type: 'files', config: { path: sandbox.root } }, sandbox.context);
}

/** Counts what is read of files from here on. */
function countReading(): () => number {
  const streams: fs.ReadStream[] = [];
  const original = fs.createReadStream;
  jest.spyOn(fs, 'createReadStream').mockImplementation((...args) => {
    const stream = original(...args);
    streams.push(stream);
    return stream;
  });
  return () => streams.reduce((sum, stream) => sum + stream.bytesRead, 0);
}

describe('a look at the columns of a CSV file', () => {
  const rows = '1,王小明\n'.repeat(400_000);

  it('reads its beginning only, where a run reads all of it', async () => {
    sandbox.write('big.csv', `id,姓名\n${rows}`);
    const { size } = fs.statSync(path.join(sandbox.root, 'big.csv'));
    expect(size).toBeGreaterThan(4 * mebibyte);
    const read = countReading();
    const columns = await open().describeTable(big);
    expect(columns.map((column) => column.name)).toEqual(['id', '姓名']);
    expect(read()).toBeGreaterThan(0);
    expect(read()).toBeLessThanOrEqual(mebibyte);
    await readTable(open(), sandbox, big, ['id']);
    expect(read()).toBeGreaterThan(size);
  });

  it.each(['gbk', 'utf-16le', 'utf-8'])('finds the encoding %s out by it', async (encoding) => {
    // The odd byte in front leaves half a character at the end of the beginning.
    const text = `${encoding === 'utf-16le' ? '' : 'x'}id,姓名\n${rows}`;
    sandbox.write('big.csv', iconv.encode(text, encoding));
    const columns = await open().describeTable(big);
    expect(columns[1]).toEqual({ name: '姓名', type: 'VARCHAR' });
  });

  it('unpacks the beginning only of one that is packed', async () => {
    const packed = gzipSync(`id,姓名\n${rows}`);
    sandbox.write('big.csv.gz', packed.subarray(0, packed.length - 9));
    await expect(open().describeTable(big)).resolves.toHaveLength(2);
    const run = await rejection(readTable(open(), sandbox, big, ['id']));
    expect(run.message).toBe('big.csv.gz is not a whole gzip file.');
  });

  it('ends with the first bytes of a packed file whose text does not begin', async () => {
    const nothing = gzipSync('');
    sandbox.write('big.csv.gz', Buffer.concat(Array(200_000).fill(nothing)));
    const read = countReading();
    expect((await rejection(open().describeTable(big))).message).toContain('big.csv.gz is empty');
    expect(read()).toBeLessThanOrEqual(mebibyte);
  });

  it('refuses a short packed file that is cut off', async () => {
    const packed = gzipSync('id,phone\n1,0138\n');
    sandbox.write('big.csv.gz', packed.subarray(0, packed.length - 9));
    const error = await rejection(open().describeTable(big));
    expect(error.message).toBe('big.csv.gz is not a whole gzip file.');
  });
});

it('no more than four looks are made at once, and all are made', async () => {
  let now = 0;
  let most = 0;
  const look = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
  };
  const looks = Array.from({ length: 20 }, () => withLook(look));
  await expect(Promise.all(looks)).resolves.toHaveLength(20);
  expect(most).toBe(4);
});

it('a look that fails gives its turn on', async () => {
  const failing = async () => {
    throw new Error('the source is away');
  };
  for (let count = 0; count < 5; count += 1) {
    await expect(withLook(failing)).rejects.toThrow('the source is away');
  }
  await expect(withLook(async () => 'seen')).resolves.toBe('seen');
});

describe('turns', () => {
  const signal = null;

  it('are given in the order in which they were asked for', async () => {
    const turns = new Turns(1);
    await turns.take({ waitMs: 0, signal });
    const order: string[] = [];
    const take = async (name: string) => {
      await turns.take({ waitMs: 60_000, signal });
      order.push(name);
      turns.end();
    };
    const all = [take('first'), take('second'), take('third')];
    turns.end();
    await Promise.all(all);
    expect(order).toEqual(['first', 'second', 'third']);
    expect(turns.idle).toBe(true);
  });

  it('that were given up, by time or by a signal, are nobody’s', async () => {
    const turns = new Turns(1);
    await turns.take({ waitMs: 0, signal });
    await expect(turns.take({ waitMs: 0, signal })).resolves.toBe(false);
    const controller = new AbortController();
    const aborted = rejection(turns.take({ waitMs: 60_000, signal: controller.signal }));
    controller.abort(new Error('cancelled'));
    await expect(aborted).resolves.toThrow('cancelled');
    const last = turns.take({ waitMs: 60_000, signal });
    turns.end();
    await expect(last).resolves.toBe(true);
  });
});

it('a folder is read once for a collection, however many tables it holds', async () => {
  const names = Array.from({ length: 12 }, (_, place) => `t${10 + place}`);
  for (const name of names) sandbox.write(`${name}.csv`, 'a\n1\n');
  sandbox.write('t10.tsv', 'a\n1\n');
  const reading = jest.spyOn(fs.promises, 'readdir');
  const source = open().catalogue();
  const found: string[] = [];
  const request = {
    ...{ databases: null, takes: () => true },
    signal: new AbortController().signal,
  };
  for await (const { tables, unread } of source.tables(request)) {
    found.push(...tables.map(({ table }) => table));
    expect(unread).toMatchObject([{ table: 't10', error: expect.stringContaining('rename one') }]);
  }
  expect(found).toEqual(names.slice(1));
  expect(reading).toHaveBeenCalledTimes(1);
});
