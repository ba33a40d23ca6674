/** The rows that are moved, and where they stand: a PostgreSQL of the benchmark's own, and a CSV file. */
import { execFileSync } from 'node:child_process';
import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { nextFreePort } from '../../cli/launcher/free-port';
import { pidFileOf } from '../../cli/launcher/orphans';
import { startPostgres, stopPostgres } from '../../cli/launcher/postgres-server';

export interface SyncData {
  /** Of the database; all tables are in its schema `public`. */
  url: string;
  version: string;
  /** Folder with `source.csv`. */
  filesDir: string;
  csvMiB: number;
  /** Runs a statement. @returns the first row */
  sql(text: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Ten columns of the usual types; a tenth of the notes is missing. */
const columns = `
  id bigint, number integer, amount numeric(12,2), share double precision, is_new boolean,
  name text, mail varchar(80), note text, day date, changed_at timestamp with time zone`;

const rowsSql = (rows: number) => `
  INSERT INTO source SELECT n, n % 1000003, (n % 1000000) / 100.0, (n % 1000) / 7.0, n % 2 = 0,
    'name ' || n, 'user' || n || '@example.org',
    CASE WHEN n % 10 > 0 THEN 'note of row ' || n || ', with some words' END,
    date '2020-01-01' + (n % 2000)::int, timestamptz '2020-01-01' + n * interval '1 second'
  FROM generate_series(1, ${rows}) AS n`;

/** What is in a table, so that copies can be compared. */
export const digestSql = (table: string) => `
  SELECT count(*) AS rows, sum(id) AS ids, sum(number) AS numbers, sum(amount) AS amounts,
    count(note) AS notes, sum(length(name) + length(mail)) AS letters, max(day) AS day FROM ${table}`;

/** @param dir empty */
export async function makeData(dir: string, rows: number, psql: string): Promise<SyncData> {
  chmodSync(dir, 0o711);
  const postgres = await startPostgres({
    dataDir: dir,
    logFile: path.join(dir, 'postgres.log'),
    pidFile: pidFileOf(dir, 'postgres'),
    port: await nextFreePort(15_973),
    settings: ['shared_buffers=1GB', 'max_wal_size=8GB'],
    log: () => {},
  });
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const sql = async (text: string) => (await client.query(text)).rows[0] as Record<string, unknown>;
  await sql('SET search_path = public');
  await sql(`CREATE TABLE source (${columns})`);
  await sql('CREATE TABLE target (LIKE source)');
  await sql(rowsSql(rows));
  await sql('VACUUM ANALYZE source');
  const csv = path.join(dir, 'source.csv');
  execFileSync(psql, [
    postgres.url,
    '-q',
    '-c',
    `\\copy public.source TO '${csv}' (FORMAT csv, HEADER)`,
  ]);
  const { version } = await sql('SELECT version()');
  return {
    ...{ url: postgres.url, version: String(version).split(' ')[1]!, filesDir: dir, sql },
    csvMiB: Math.round(statSync(csv).size / 1024 ** 2),
    stop: async () => {
      await client.end();
      await stopPostgres(postgres.child);
    },
  };
}
