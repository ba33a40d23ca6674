/**
 * One MariaDB for the whole jest run, started when a test first asks for it: most runs need none.
 * It lies in the folder of the run's servers and ends with them.
 */
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { LockedError, takeLock, type FileLock } from '../../../cli/launcher/file-lock';
import { nextFreePort } from '../../../cli/launcher/free-port';
import {
  endProcess,
  identityOf,
  isAlive,
  parseIdentity,
  type ProcessIdentity,
} from '../../../cli/launcher/process-identity';
import { runCommand } from '../../../cli/launcher/run-command';
import { tlsFiles, type TlsFiles } from './tls-files';

export interface MysqlServer {
  host: string;
  port: number;
  user: string;
  password: string;
  /** What its certificate for `localhost` is verified by. */
  ca: string;
}

interface Started {
  server: MysqlServer;
  identity: ProcessIdentity;
}

const startedFile = (dir: string) => path.join(dir, 'mariadb.json');
/** Only ends what hangs: a test waits longer still. */
const readyWithinMs = 200_000;

/** The server, with a user who may do everything. */
export async function mysqlServer(): Promise<MysqlServer> {
  const dir = process.env.TEST_SERVERS_DIR;
  if (!dir) {
    throw new Error('TEST_SERVERS_DIR is not set: this test needs the servers of the jest run');
  }
  const lock = await waitForLock(path.join(dir, 'mariadb.lock'));
  try {
    return (readStarted(dir) ?? (await start(dir))).server;
  } finally {
    lock.release();
  }
}

/** Ends the server of a folder, where there is one; nobody needs its data any more. */
export async function stopMariadb(dir: string): Promise<void> {
  const started = readStarted(dir);
  if (started) await endProcess(started.identity, 'SIGKILL', 5_000);
}

/** A further server that a test may kill, in a folder of the test's own. */
export async function startOwnMariadb(
  dir: string,
): Promise<MysqlServer & { pid: number; stop: () => Promise<void> }> {
  const { server, identity } = await start(dir);
  return { ...server, pid: identity.pid, stop: () => endProcess(identity, 'SIGKILL', 5_000) };
}

function readStarted(dir: string): Started | null {
  if (!existsSync(startedFile(dir))) return null;
  const { server, identity } = JSON.parse(readFileSync(startedFile(dir), 'utf8')) as Started;
  const known = parseIdentity(identity);
  return known && isAlive(known) ? { server, identity: known } : null;
}

async function waitForLock(file: string): Promise<FileLock> {
  for (;;) {
    try {
      return await takeLock(file);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      await sleep(100);
    }
  }
}

async function start(dir: string): Promise<Started> {
  const [install, daemon] = [
    programOf('mariadb-install-db', ['/usr/bin']),
    programOf('mariadbd', ['/usr/sbin', '/usr/libexec', '/usr/bin']),
  ];
  const data = path.join(dir, 'mariadb');
  mkdirSync(data, { recursive: true });
  const user = await userOfServer();
  const made = await runCommand(
    install,
    [
      ...['--no-defaults', `--datadir=${data}`, ...user, '--skip-test-db'],
      '--auth-root-authentication-method=normal',
    ],
    { limitMs: readyWithinMs },
  );
  if (made.code !== 0) throw new Error(`mariadb-install-db failed: ${made.output}`);
  const port = await nextFreePort(13_306 + (process.pid % 500));
  const password = randomBytes(12).toString('hex');
  const first = path.join(dir, 'mariadb.sql');
  writeFileSync(
    first,
    `CREATE USER 'tester'@'%' IDENTIFIED BY '${password}';\n` +
      `GRANT ALL ON *.* TO 'tester'@'%' WITH GRANT OPTION;\n`,
  );
  chmodSync(first, 0o644);
  const log = openSync(path.join(dir, 'mariadb.log'), 'a');
  const tls = await tlsFiles(dir);
  for (const file of [tls.keyFile, tls.certificateFile]) chmodSync(file, 0o644);
  const child = spawn(daemon, [...serverArgs(data, port, tls), ...user, `--init-file=${first}`], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  const identity = identityOf(child.pid ?? 0);
  if (identity === null) throw new Error(`mariadbd did not start, see ${dir}/mariadb.log`);
  const server = { host: '127.0.0.1', port, user: 'tester', password, ca: tls.ca };
  const started = { server, identity };
  writeFileSync(startedFile(dir), JSON.stringify(started));
  await untilReady(server, identity, dir);
  return started;
}

function serverArgs(data: string, port: number, tls: TlsFiles): string[] {
  return [
    ...['--no-defaults', `--datadir=${data}`, `--socket=${data}/mysqld.sock`, `--port=${port}`],
    ...['--bind-address=127.0.0.1', '--skip-name-resolve', '--skip-log-bin'],
    ...[`--ssl-cert=${tls.certificateFile}`, `--ssl-key=${tls.keyFile}`],
    // What a test writes need not outlive a power failure, and is little.
    ...['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=OFF'],
    ...['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M', '--performance-schema=OFF'],
    ...['--character-set-server=utf8mb4', '--max-connections=200'],
  ];
}

/** Root has to name the user that it becomes. */
async function userOfServer(): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const { code } = await runCommand('id', ['-u', 'mysql'], { limitMs: readyWithinMs });
  return [`--user=${code === 0 ? 'mysql' : 'root'}`];
}

function programOf(name: string, folders: string[]): string {
  const found = [...folders, ...(process.env.PATH ?? '').split(path.delimiter)]
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
  if (found) return found;
  throw new Error(
    `${name} is not there: the tests of MySQL need MariaDB (Debian: apt-get install mariadb-server)`,
  );
}

async function untilReady(
  server: MysqlServer,
  identity: ProcessIdentity,
  dir: string,
): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    try {
      const { host, port, user, password } = server;
      await (await createConnection({ host, port, user, password })).end();
      return;
    } catch (error) {
      if (Date.now() < deadline && identityOf(identity.pid)) await sleep(50);
      else throw new Error(`MariaDB does not answer: ${lastLines(dir)}`, { cause: error });
    }
  }
}

function lastLines(dir: string): string {
  return readFileSync(path.join(dir, 'mariadb.log'), 'utf8')
    .trim()
    .split('\n')
    .slice(-8)
    .join('\n');
}
