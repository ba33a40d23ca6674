/** Reads tables and queries of MySQL and MariaDB row by row; the server is read no faster than rows are taken. */
import { once } from 'node:events';
import type { FieldPacket } from 'mysql2';
import type { Cell, TransferColumn } from '../../model/transfer-types';
import { tableNotFound } from '../missing-table';
import { keyConditions, whereSql } from '../key-ranges';
import { selectList, type SqlDialect } from '../select-list';
import { describeAll, keyOf, selectsOf, shareOut, type Described, type Run } from '../selects';
import { serverOf } from '../server-config';
import {
  refOf,
  type Batch,
  type ReadRequest,
  type ReadRows,
  type RowSource,
  type TakeBatch,
} from '../transfer';
import { mysqlConfigSchema, type MysqlConfig } from './config';
import { mysqlError } from './errors';
import { columnOfField } from './field-types';
import { quoteIdentifier, quoteText } from './names';
import type { MysqlSession, RawRow } from './session';
import { MysqlSessions } from './sessions';
import { strictAgain } from './strict';

const dialect: SqlDialect = { name: quoteIdentifier, text: quoteText };

const batchRows = 4_096;
const batchBytes = 2 << 20;

export const readMysqlRows: ReadRows = async (request, use) => {
  const config = mysqlConfigSchema.parse(request.config);
  const sessions = new MysqlSessions(config);
  const { signal } = request;
  try {
    return await sessions.transaction({ mode: 'read', signal }, async (session) => {
      await prepare(session, request);
      const selects = await selectsOf(request, (table) =>
        selectsOfTable(session, request, config, table),
      );
      const described = await describeAll(selects, (sql) => describe(session, sql));
      return use(await sourceOf(session, sessions, described, request, config));
    });
  } finally {
    await sessions.end();
  }
};

async function prepare(session: MysqlSession, request: ReadRequest): Promise<void> {
  if (request.session.length === 0) return;
  for (const sql of request.session) await session.run(sql);
  await strictAgain(session);
}

async function selectsOfTable(
  session: MysqlSession,
  { columns, where, splitPk, channels }: ReadRequest,
  config: MysqlConfig,
  table: ReadRequest['tables'][number],
): Promise<string[]> {
  const ref = refOf(table, config.database);
  const name = `${quoteIdentifier(ref.schema)}.${quoteIdentifier(ref.table)}`;
  const there = await session.query(
    `SELECT 1 FROM information_schema.tables
     WHERE table_schema = ${quoteText(ref.schema)} AND table_name = ${quoteText(ref.table)}`,
  );
  if (there.length === 0) throw tableNotFound(ref, serverOf(config));
  const present = await describe(session, `SELECT * FROM ${name}`);
  const names = present.map((column) => column.name);
  const list = selectList(columns, names, dialect, `${ref.schema}.${ref.table}`);
  const key = splitPk === null ? null : keyOf(present, splitPk);
  const conditions =
    key === null || channels < 2
      ? ['1 = 1']
      : await conditionsOf(session, name, quoteIdentifier(key.name), where, channels);
  return conditions.map((one) => `SELECT ${list.join(', ')} FROM ${name}${whereSql(where, one)}`);
}

async function conditionsOf(
  session: MysqlSession,
  name: string,
  key: string,
  where: string | null,
  channels: number,
): Promise<string[]> {
  const [bounds = []] = await session.query(
    `SELECT min(${key}), max(${key}) FROM ${name}${whereSql(where)}`,
  );
  const [least = null, most = null] = bounds.map((one) => (one === null ? null : BigInt(one)));
  return keyConditions(key, least, most, channels);
}

/**
 * Columns of what a query answers. Each text of a script has to be one: what is none does not stand in
 * brackets.
 */
async function describe(session: MysqlSession, sql: string): Promise<TransferColumn[]> {
  let fields: FieldPacket[] = [];
  const stream = session.stream(
    `SELECT * FROM (${sql}\n) AS source LIMIT 0`,
    (found) => (fields = found),
  );
  stream.resume();
  await once(stream, 'end');
  return fields.map(columnOfField);
}

async function sourceOf(
  main: MysqlSession,
  sessions: MysqlSessions,
  selects: Described<TransferColumn>[],
  request: ReadRequest,
  config: MysqlConfig,
): Promise<RowSource> {
  const { signal } = request;
  const another: Run<MysqlSession> = (work) =>
    sessions.transaction({ mode: 'read', signal }, async (session) => {
      await prepare(session, request);
      await work(session);
    });
  const atOnce = Math.min(request.channels, config.maxConnections);
  const run = shareOut(main, another, { atOnce, signal });
  return {
    columns: selects[0]!.columns,
    rowsAbout: null,
    parts: selects.map(({ sql, table, columns }) => ({
      ...{ table, columns },
      read: (take) => run((session) => readAll(session, sql, columns, take)),
    })),
    fast: {},
    explain: (error) => mysqlError(config, error),
  };
}

async function readAll(
  session: MysqlSession,
  sql: string,
  columns: TransferColumn[],
  take: TakeBatch,
): Promise<void> {
  const readers = columns.map(cellReader);
  let batch: Batch = { rows: [], bytes: 0, broken: [] };
  for await (const raw of session.stream(sql) as AsyncIterable<RawRow>) {
    const row: Cell[] = Array.from({ length: raw.length });
    for (let at = 0; at < raw.length; at += 1) {
      const value = raw[at]!;
      row[at] = value === null ? null : readers[at]!(value);
      batch.bytes += value === null ? 1 : value.length + 1;
    }
    batch.rows.push(row);
    if (batch.rows.length < batchRows && batch.bytes < batchBytes) continue;
    await take(batch);
    batch = { rows: [], bytes: 0, broken: [] };
  }
  if (batch.rows.length > 0) await take(batch);
}

/** How the server's bytes of a column become a cell. */
function cellReader({ type }: TransferColumn): (value: Buffer) => Cell {
  switch (type.kind) {
    case 'bytes':
      return (value) => Buffer.from(value);
    case 'boolean':
      return (value) => (value[value.length - 1] === 1 ? 'true' : 'false');
    case 'bits': {
      const length = type.length ?? 1;
      return (value) =>
        BigInt(`0x${value.toString('hex') || '0'}`)
          .toString(2)
          .padStart(length, '0');
    }
    case 'timestamp':
      return type.zone
        ? (value) => `${value.toString('latin1')}+00`
        : (value) => value.toString('latin1');
    default:
      return (value) => value.toString('utf8');
  }
}
