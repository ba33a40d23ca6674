/** Reads tables and queries of PostgreSQL by COPY; all channels see one state of the database. */
import type { PoolClient } from 'pg';
import { plainText, type TransferColumn } from '../../model/transfer-types';
import { tableNotFound } from '../missing-table';
import { keyConditions, whereSql } from '../key-ranges';
import { selectList, type SqlDialect } from '../select-list';
import { describeAll, keyOf, selectsOf, shareOut, type Described, type Run } from '../selects';
import { quoteIdentifier, quoteName, quoteText } from '../sql-text';
import {
  refOf,
  haveSameTypes,
  type ReadRequest,
  type ReadRows,
  type RowSource,
  type TakeBatch,
  type TakeChunk,
} from '../transfer';
import { postgresConfigSchema, type PostgresConfig } from './config';
import { copyOut } from './copy-out';
import { rowsOfText } from './copy-text';
import { serverOf } from '../server-config';
import { postgresError } from './errors';
import { exportSnapshot, PostgresSessions } from './sessions';
import { runSingle } from './single-statement';
import { typeOfPostgres } from './types';

const dialect: SqlDialect = { name: quoteIdentifier, text: quoteText };
/** The transaction that holds the state idles while others read. */
const idleLimit = '24h';

type PostgresColumn = TransferColumn & { typeId: number };

export const readPostgresRows: ReadRows = async (request, use) => {
  const config = postgresConfigSchema.parse(request.config);
  const sessions = new PostgresSessions(config);
  const { signal } = request;
  try {
    return await sessions.transaction({ mode: 'read', signal }, async (client) => {
      await prepare(client, request);
      const selects = await selectsOf(request, (table) =>
        selectsOfTable(client, request, config, table),
      );
      const described = await describeAll(selects, (sql) => describe(client, sql));
      const source = await sourceOf(client, sessions, described, request, config);
      return use(source);
    });
  } finally {
    await sessions.end();
  }
};

async function prepare(client: PoolClient, { session }: ReadRequest): Promise<void> {
  await client.query(
    `SET LOCAL intervalstyle = postgres; SET LOCAL client_encoding = 'UTF8';
     SET LOCAL idle_in_transaction_session_timeout = '${idleLimit}'`,
  );
  for (const sql of session) await runSingle(client, sql);
}

async function selectsOfTable(
  client: PoolClient,
  { columns, where, splitPk, channels }: ReadRequest,
  config: PostgresConfig,
  table: ReadRequest['tables'][number],
): Promise<string[]> {
  const ref = refOf(table, 'public');
  const name = quoteName(ref.schema, ref.table);
  const { rows } = await client.query('SELECT to_regclass($1) IS NULL AS missing', [name]);
  const place = `${config.database} at ${serverOf(config)}`;
  if (rows[0].missing === 't') throw tableNotFound(ref, place);
  const present = await describe(client, `SELECT * FROM ${name}`);
  const names = present.map((column) => column.name);
  const list = selectList(columns, names, dialect, `${ref.schema}.${ref.table}`);
  const key = splitPk === null ? null : keyOf(present, splitPk);
  const conditions =
    key === null || channels < 2
      ? ['1 = 1']
      : await conditionsOf(client, name, quoteIdentifier(key.name), where, channels);
  return conditions.map((one) => `SELECT ${list.join(', ')} FROM ${name}${whereSql(where, one)}`);
}

async function conditionsOf(
  client: PoolClient,
  name: string,
  key: string,
  where: string | null,
  channels: number,
): Promise<string[]> {
  const { rows } = await runSingle<{ least: string | null; most: string | null }>(
    client,
    `SELECT min(${key}) AS least, max(${key}) AS most FROM ${name}${whereSql(where)}`,
  );
  const [least, most] = [rows[0]!.least, rows[0]!.most].map((one) =>
    one === null ? null : BigInt(one),
  );
  return keyConditions(key, least!, most!, channels);
}

/**
 * Columns of what a statement answers, with their types.
 * @throws what the server says of a text that is more than one statement
 */
export async function describe(client: PoolClient, sql: string): Promise<PostgresColumn[]> {
  const { fields } = await runSingle(client, `SELECT * FROM (${sql}\n) AS source LIMIT 0`);
  const { rows } = await client.query<{ name: string; kind: string }>(
    `SELECT format_type(t.id, t.modifier) AS name, p.typtype AS kind
     FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS t(id, modifier, place)
     JOIN pg_type p ON p.oid = t.id ORDER BY t.place`,
    [fields.map(({ dataTypeID }) => dataTypeID), fields.map((field) => field.dataTypeModifier)],
  );
  return fields.map(({ name, dataTypeID, dataTypeModifier }, at) => {
    const { name: vendorType, kind } = rows[at]!;
    const type =
      kind === 'e' ? plainText : typeOfPostgres(dataTypeID, dataTypeModifier, vendorType);
    return { name, type, vendorType, nullable: true, typeId: dataTypeID };
  });
}

async function sourceOf(
  main: PoolClient,
  sessions: PostgresSessions,
  selects: Described<PostgresColumn>[],
  request: ReadRequest,
  config: PostgresConfig,
): Promise<RowSource> {
  const { columns } = selects[0]!;
  const atOnce = Math.min(request.channels, config.maxConnections, selects.length);
  const snapshot = atOnce > 1 ? await exportSnapshot(main) : undefined;
  const { signal } = request;
  const another: Run<PoolClient> = (work) =>
    sessions.transaction({ mode: 'read', signal, snapshot: snapshot! }, async (client) => {
      await prepare(client, request);
      await work(client);
    });
  const run = shareOut(main, another, { atOnce, signal });
  const { rows } = await main.query<{ server_encoding: string }>('SHOW server_encoding');
  const isUtf8 = rows[0]!.server_encoding === 'UTF8';
  const binaryCopy = {
    types: columns.map(({ vendorType }) => vendorType),
    typeIds: columns.map(({ typeId }) => typeId),
    parts: selects.map(
      ({ sql }) =>
        (take: TakeChunk) =>
          run((client) => copyOut(client, sql, 'binary', take)),
    ),
  };
  return {
    columns,
    rowsAbout: await rowsAbout(main, request),
    parts: selects.map(({ sql, table, columns: own }) => ({
      ...{ table, columns: own },
      read: (take) => run((client) => copyRows(client, sql, own, take)),
    })),
    fast: isUtf8 && haveSameTypes(selects.map((select) => select.columns)) ? { binaryCopy } : {},
    explain: (error) => postgresError(config, error),
  };
}

async function copyRows(
  client: PoolClient,
  sql: string,
  columns: TransferColumn[],
  take: TakeBatch,
): Promise<void> {
  await copyOut(client, sql, 'text', ({ bytes }) =>
    take({ rows: rowsOfText(bytes, columns), bytes: bytes.length, broken: [] }),
  );
}

/** What the server takes its tables to hold; null where that says nothing about the rows. */
async function rowsAbout(client: PoolClient, request: ReadRequest): Promise<number | null> {
  const { tables, queries, where } = request;
  if (queries.length > 0 || where !== null) return null;
  const names = tables.map((table) => {
    const { schema, table: name } = refOf(table, 'public');
    return quoteName(schema, name);
  });
  const { rows } = await client.query<{ rows: string }>(
    'SELECT sum(greatest(reltuples, 0)) AS rows FROM pg_class WHERE oid = ANY($1::regclass[])',
    [names],
  );
  const about = Number(rows[0]?.rows ?? 0);
  return about > 0 ? about : null;
}
