import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { main } from '../../cli/main';
import { makeDatabase } from '../support/servers/databases';

const before = { ...process.env };
let out = '';

beforeEach(() => {
  out = '';
  const take = (chunk: unknown) => {
    out += String(chunk);
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(take);
  jest.spyOn(process.stderr, 'write').mockImplementation(take);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
});

const names = ['up', 'demo', 'api', 'worker', 'server', 'migrate', 'rebuild', 'doctor'];

describe('the command line', () => {
  test.each(names)('explains %s', async (name) => {
    expect(await main([name, '--help'])).toBe(0);
    expect(out).toContain(`Usage: tablegate ${name}`);
  });

  test('refuses what it does not know and shows what there is', async () => {
    expect(await main(['up', '--nonsense'])).toBe(2);
    expect(out).toContain("unknown option '--nonsense'");
    expect(out).toContain('--data-dir <folder>');
  });

  test('says which setting is wrong and what is allowed', async () => {
    expect(await main(['up', '--port', '70000'])).toBe(1);
    expect(out).toBe('PORT is "70000"; it must be a whole number from 0 to 65535\n');
  });
});

describe('tablegate migrate', () => {
  test('brings an empty database to this version, and changes nothing the second time', async () => {
    const database = await makeDatabase();
    process.env.DATABASE_URL = database.url;
    expect(await main(['migrate'])).toBe(0);
    expect(out).toContain('PostgreSQL: ran the migration');
    out = '';
    expect(await main(['migrate'])).toBe(0);
    expect(out).toBe('The tables are those of this version.\n');
    await database.drop();
  });

  test('needs a database of one’s own', async () => {
    delete process.env.DATABASE_URL;
    expect(await main(['migrate'])).toBe(1);
    expect(out).toContain('DATABASE_URL is not set');
  });
});

describe('tablegate doctor', () => {
  test('finds nothing wrong where PostgreSQL and Temporal answer', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'doctor-'));
    const database = await makeDatabase();
    Object.assign(process.env, {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
      TEMPORAL_NAMESPACE: 'tablegate',
    });
    expect(await main(['doctor', '--port', '0', '--data-dir', path.join(dir, 'data')])).toBe(0);
    expect(out).toMatch(/ok +PostgreSQL +your own, version 18/);
    expect(out).toMatch(/ok +Temporal +your own at .*, namespace tablegate/);
    expect(out).toMatch(/ok +Addon +ID mapping uses it/);
    await database.drop();
    await rm(dir, { recursive: true, force: true });
  });

  test('says what is wrong', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'doctor-'));
    // Nothing listens on the discard port.
    process.env.DATABASE_URL = 'postgres://nobody@127.0.0.1:9/none';
    process.env.TEMPORAL_ADDRESS = process.env.TEST_TEMPORAL_ADDRESS;
    process.env.TEMPORAL_NAMESPACE = 'no-such-namespace';
    expect(await main(['doctor', '--port', '0', '--data-dir', path.join(dir, 'data')])).toBe(1);
    expect(out).toMatch(/WRONG PostgreSQL +connect ECONNREFUSED/);
    expect(out).toMatch(/WRONG Temporal +.*no-such-namespace/);
    expect(out).toContain('2 wrong; see above.');
    await rm(dir, { recursive: true, force: true });
  });
});
