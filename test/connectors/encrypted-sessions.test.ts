/** Sessions that are encrypted, and with whom. */
import { chmodSync, chownSync, copyFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { openConnection } from '../../connectors';
import { postgresUser } from '../../cli/launcher/postgres-user';
import { tlsFiles, type TlsFiles } from '../support/servers/tls-files';
import { openMysql, type OpenedMysql } from './support/mysql';
import { openPostgres, type OpenedPostgres } from './support/postgres';
import { rejection, Sandbox } from './support/sandbox';

const sandbox = new Sandbox();
let tls: TlsFiles;
let postgres: OpenedPostgres;
let mysql: OpenedMysql;

beforeAll(async () => {
  mysql = await openMysql(sandbox, () => []);
  // They are there by now: the server has been started with them.
  tls = await tlsFiles(process.env.TEST_SERVERS_DIR!);
  postgres = await openPostgres(sandbox, []);
});
afterAll(async () => {
  await postgres.close();
  await mysql.close();
  sandbox.remove();
});

async function trial(type: string, config: Record<string, unknown>): Promise<void> {
  const connection = openConnection({ type, config }, sandbox.context);
  try {
    await connection.test();
  } finally {
    await connection.close();
  }
}

const refusal = async (type: string, config: Record<string, unknown>) => {
  const { message, retryable } = (await rejection(trial(type, config))) as Error & {
    retryable: boolean;
  };
  return { message, retryable };
};

/** Lets the PostgreSQL of the run take encrypted sessions, beside others. */
async function offerEncryption(): Promise<void> {
  const key = path.join(process.env.TEST_SERVERS_DIR!, 'postgres.key');
  copyFileSync(tls.keyFile, key);
  const user = await postgresUser(() => undefined);
  if (user) chownSync(key, user.uid, user.gid);
  chmodSync(key, 0o600);
  await postgres.sql(`ALTER SYSTEM SET ssl_cert_file = '${tls.certificateFile}'`);
  await postgres.sql(`ALTER SYSTEM SET ssl_key_file = '${key}'`);
  await postgres.sql('ALTER SYSTEM SET ssl = on');
  await postgres.sql('SELECT pg_reload_conf()');
  // The server takes a moment to read them; a session that begins after that tells so.
  while ((await shownToNewSession('ssl')) !== 'on');
}

async function shownToNewSession(setting: string): Promise<unknown> {
  const client = new Client(postgres.config);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(`SHOW ${setting}`);
    return rows[0]?.[setting];
  } finally {
    await client.end();
  }
}

test('a server without encryption is told where one is required', async () => {
  const { message, retryable } = await refusal('postgres', { ...postgres.config, ssl: 'require' });
  expect(message).toMatch(/offers no encryption; set ssl to off/);
  expect(retryable).toBe(false);
});

test('PostgreSQL: encrypted as it is asked for, and only with the server that is meant', async () => {
  await offerEncryption();
  const named = { ...postgres.config, host: 'localhost' };
  const untrusted = /an authority that is not known/;
  await trial('postgres', { ...postgres.config, ssl: 'require' });
  await trial('postgres', { ...named, ssl: 'verify', sslCa: tls.ca });
  await trial('postgres', { ...postgres.config, ssl: 'verify', sslCa: tls.ca });
  expect((await refusal('postgres', { ...named, ssl: 'verify' })).message).toMatch(untrusted);
  const other = { ...named, host: '127.0.0.2', ssl: 'verify', sslCa: tls.ca };
  // The server listens on one address only; where it does on all, the name decides.
  expect((await refusal('postgres', other)).message).toMatch(/another host|refuses connections/);
  await trial('postgres', { ...postgres.config, ssl: 'off' });
});

test('MySQL: encrypted as it is asked for, and only with the server that is meant', async () => {
  const named = { ...mysql.config, host: 'localhost' };
  const untrusted = /an authority that is not known/;
  await trial('mysql', { ...mysql.config, ssl: 'require' });
  await trial('mysql', { ...named, ssl: 'verify', sslCa: mysql.ca });
  expect((await refusal('mysql', { ...named, ssl: 'verify' })).message).toMatch(untrusted);
  const byAddress = () =>
    openConnection(
      { type: 'mysql', config: { ...mysql.config, ssl: 'verify', sslCa: mysql.ca } },
      sandbox.context,
    );
  expect(byAddress).toThrow(/a host name is wanted, not an address/);
});

test('a user who may only come encrypted is let in by that', async () => {
  await mysql.sql(`ALTER USER '${mysql.config.user}'@'%' REQUIRE SSL`);
  expect((await refusal('mysql', { ...mysql.config })).message).toMatch(/refuses the user/);
  await trial('mysql', { ...mysql.config, ssl: 'require' });
});
