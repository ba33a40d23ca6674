/**
 * Writes rows into a table of PostgreSQL: one transaction from `preSql` to what is remembered of the
 * copy. Rows come in by COPY; where one of them is refused, it is found by halves.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { PoolClient } from 'pg';
import { mapColumns } from '../../model/column-mapping';
import { plainText, type Cell, type TransferColumn } from '../../model/transfer-types';
import { QuotePlaces } from '../csv-quotes';
import { tableNotFound } from '../missing-table';
import { ConnectorError, type TableRef } from '../connector';
import { messageOf } from '../message-of';
import { serverOf } from '../server-config';
import { quoteIdentifier, quoteName } from '../sql-text';
import {
  AlreadyCommitted,
  refOf,
  takeAll,
  type ColumnPair,
  type CsvText,
  type RefuseRow,
  type RowSink,
  type RowSource,
  type WriteRequest,
  type WriteRows,
} from '../transfer';
import { postgresConfigSchema, type PostgresConfig } from './config';
import { committedCopy, ensureCopies, noteCopy } from './copies';
import { binaryHeader, binaryTrailer } from './copy-binary';
import { copyInto, type CopyIn } from './copy-in';
import { copyText } from './copy-text';
import { postgresError } from './errors';
import { PostgresSessions } from './sessions';
import { runSingle } from './single-statement';
import { postgresTypeLike, typeOfPostgres } from './types';

type Request = Omit<WriteRequest, 'sourceColumns'>;
type Meter = Parameters<RowSink['takeFast']>[1];

async function withSessions<T>(
  request: Request,
  work: (sessions: PostgresSessions, config: PostgresConfig) => Promise<T>,
): Promise<T> {
  const config = postgresConfigSchema.parse(request.config);
  const sessions = new PostgresSessions(config);
  try {
    return await work(sessions, config);
  } finally {
    await sessions.end();
  }
}

function targetRef({ plan }: Request): TableRef {
  const ref = refOf(plan.table!, 'public');
  if (ref.schema === 'tablegate') throw new ConnectorError('The schema tablegate is not for data.');
  return ref;
}

interface TargetColumn extends TransferColumn {
  /** Cannot be written. */
  isGenerated: boolean;
}

/** Columns of a table in their order; null: it is not there. */
async function describeTarget(client: PoolClient, ref: TableRef): Promise<TargetColumn[] | null> {
  const name = quoteName(ref.schema, ref.table);
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       coalesce(nullif(t.typbasetype, 0), t.oid) AS id, b.typtype AS kind,
       CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE a.atttypmod END AS modifier,
       a.attnotnull OR t.typnotnull AS filled, a.attgenerated <> '' AS generated
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       JOIN pg_type b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [name],
  );
  if (rows.length === 0) return null;
  return rows.map((row) => ({
    name: row.name!,
    vendorType: row.type!,
    type:
      row.kind === 'e'
        ? plainText
        : typeOfPostgres(Number(row.id), Number(row.modifier), row.type!),
    nullable: row.filled !== 't',
    isGenerated: row.generated === 't',
  }));
}

function pairsOf(
  request: WriteRequest,
  ref: TableRef,
  present: TargetColumn[] | null,
  config: PostgresConfig,
): ColumnPair[] {
  const { plan, sourceColumns } = request;
  if (present === null && !plan.createTable) {
    const absent = tableNotFound(ref, `${config.database} at ${serverOf(config)}`);
    throw new ConnectorError(`${absent.message} "createTable": true makes it.`, { cause: absent });
  }
  return mapColumns({
    source: sourceColumns,
    target: present === null ? null : present.filter(({ isGenerated }) => !isGenerated),
    ...{ columns: plan.columns, mapping: plan.mapping, place: `${ref.schema}.${ref.table}` },
    typeLike: (column) => {
      const vendorType = postgresTypeLike(column);
      return { vendorType, type: typeOfName(vendorType) };
    },
  });
}

/** Of the names that `postgresTypeLike` gives. */
function typeOfName(name: string): TransferColumn['type'] {
  const ids: Record<string, number> = {
    ...{ boolean: 16, smallint: 21, integer: 23, bigint: 20, real: 700, 'double precision': 701 },
    ...{ numeric: 1700, text: 25, varchar: 1043, bytea: 17, date: 1082, time: 1083, uuid: 2950 },
    ...{ 'time with time zone': 1266, timestamp: 1114, 'timestamp with time zone': 1184 },
    ...{ json: 114, jsonb: 3802, interval: 1186, 'bit varying': 1562 },
  };
  const found = /^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?$/.exec(name);
  const [, bare = '', first, second] = found ?? [];
  const digits =
    second === undefined ? Number(first) + 4 : ((Number(first) << 16) | Number(second)) + 4;
  return typeOfPostgres(ids[bare] ?? 0, first === undefined ? -1 : digits, name);
}

/** As `describeTarget`: where the table is to be made, what another copy is making is waited for. */
async function describeBeforeMaking(
  client: PoolClient,
  ref: TableRef,
  { plan }: Request,
): Promise<TargetColumn[] | null> {
  const present = await describeTarget(client, ref);
  if (present !== null || !plan.createTable) return present;
  const key = `tablegate make ${ref.schema}.${ref.table}`;
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
  return describeTarget(client, ref);
}

async function makeTable(client: PoolClient, ref: TableRef, pairs: ColumnPair[]): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [
    ref.schema,
  ]);
  if (rows.length === 0) await client.query(`CREATE SCHEMA ${quoteIdentifier(ref.schema)}`);
  const columns = pairs.map(({ target }) => `${quoteIdentifier(target.name)} ${target.vendorType}`);
  await client.query(`CREATE TABLE ${quoteName(ref.schema, ref.table)} (${columns.join(', ')})`);
}

/** Errors about a value or a row; any other ends the copy. */
function isOfRow(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^(22|23|P0001$)/.test(code);
}

function reasonOf(error: unknown): string {
  const { detail } = (error ?? {}) as { detail?: unknown };
  const message = messageOf(error).split('\n', 1)[0]!;
  return typeof detail === 'string' ? `${message}: ${detail.replace(/\.$/, '')}` : message;
}

const point = 'tablegate_rows';

/** Runs a step that may be refused without ending the transaction. @throws what the step throws */
async function atPoint(client: PoolClient, step: () => Promise<void>): Promise<void> {
  await client.query(`SAVEPOINT ${point}`);
  try {
    await step();
  } catch (error) {
    await client.query(`ROLLBACK TO SAVEPOINT ${point}`);
    throw error;
  }
  await client.query(`RELEASE SAVEPOINT ${point}`);
}

/** What was refused is read to its end, so that the session that gives it can be used again. */
async function putUnlessRefused(copy: CopyIn, bytes: Buffer): Promise<void> {
  try {
    await copy.put(bytes);
  } catch (error) {
    if (!isOfRow(error)) throw error;
  }
}

class PostgresSink implements RowSink {
  readonly pairs: ColumnPair[];
  readonly #client: PoolClient;
  readonly #config: PostgresConfig;
  readonly #request: WriteRequest;
  /** Table and columns as COPY names them. */
  readonly #into: string;

  constructor(
    client: PoolClient,
    config: PostgresConfig,
    request: WriteRequest,
    pairs: ColumnPair[],
    table: string,
  ) {
    this.#client = client;
    this.#config = config;
    this.#request = request;
    this.pairs = pairs;
    this.#into = `${table} (${pairs.map(({ target }) => quoteIdentifier(target.name)).join(', ')})`;
  }

  explain(error: unknown): Error {
    return postgresError(this.#config, error);
  }

  async write(rows: Cell[][], refuse: RefuseRow): Promise<void> {
    await this.#some(rows, 0, refuse);
  }

  /** @param first place of the first row among all of the batch */
  async #some(rows: Cell[][], first: number, refuse: RefuseRow): Promise<void> {
    try {
      await atPoint(this.#client, async () => {
        const sql = `COPY ${this.#into} FROM STDIN`;
        await copyInto(this.#client, sql, (copy) => copy.put(Buffer.from(copyText(rows))));
      });
    } catch (error) {
      if (!isOfRow(error)) throw error;
      if (rows.length === 1) {
        refuse(first, reasonOf(error));
        return;
      }
      const half = rows.length >> 1;
      await this.#some(rows.slice(0, half), first, refuse);
      await this.#some(rows.slice(half), first + half, refuse);
    }
  }

  async takeFast(source: RowSource, meter: Meter): Promise<number | null> {
    const { csv } = source.fast;
    if (csv !== undefined) return this.#takeCsv(csv, meter);
    return this.#takeBinary(source, meter);
  }

  /** Rows of another PostgreSQL as they come, where all types are the same. */
  async #takeBinary(source: RowSource, meter: Meter): Promise<number | null> {
    const { binaryCopy } = source.fast;
    if (binaryCopy === undefined || !sameTypes(binaryCopy, this.pairs)) return null;
    const ordered = this.pairs.toSorted((one, other) => one.source - other.source);
    const names = ordered.map(({ target }) => quoteIdentifier(target.name)).join(', ');
    const table = this.#into.slice(0, this.#into.indexOf(' ('));
    const sql = `COPY ${table} (${names}) FROM STDIN (FORMAT binary)`;
    return this.#refusable(() =>
      copyInto(this.#client, sql, async (copy) => {
        await copy.put(binaryHeader);
        await takeAll(binaryCopy.parts, async ({ bytes, rows }) => {
          await putUnlessRefused(copy, bytes);
          await meter({ bytes: bytes.length, rows });
        });
        await putUnlessRefused(copy, binaryTrailer);
      }),
    );
  }

  /** A text as it lies there, while another pair of eyes looks for values that would be changed. */
  async #takeCsv(csv: CsvText, meter: Meter): Promise<number | null> {
    const targets = csv.columns.map((_, at) => {
      const places = this.pairs.filter(({ source }) => csv.places[source] === at);
      return places.length === 1 ? places[0]!.target : null;
    });
    if (targets.includes(null) || this.pairs.length !== targets.length) return null;
    const names = targets.map((target) => quoteIdentifier(target!.name)).join(', ');
    const table = this.#into.slice(0, this.#into.indexOf(' ('));
    const check = new AbortController();
    const { signal } = this.#request;
    // Only a CSV is looked through by DuckDB, which takes time to load.
    const { staysAsItIs } = require('../csv-check') as typeof import('../csv-check');
    const looking = staysAsItIs(csv, targets, AbortSignal.any([signal, check.signal]));
    looking.catch(() => undefined);
    const text = (value: string) => `E'${value.replace(/[\\']/g, String.raw`\$&`)}'`;
    const sql = `COPY ${table} (${names}) FROM STDIN (FORMAT csv, DELIMITER ${text(csv.delimiter)}, NULL ${text(csv.nullText)})`;
    try {
      return await this.#refusable(async () => {
        const rows = await copyInto(this.#client, sql, async (copy) => {
          for (const file of csv.files) await putFile(copy, file, csv, meter);
        });
        if (!(await looking)) throw new NotAsItIs();
        return rows;
      });
    } finally {
      check.abort();
    }
  }

  /** @returns null where the rows were refused, after which none of them is there */
  async #refusable(step: () => Promise<number>): Promise<number | null> {
    let rows = 0;
    try {
      await atPoint(this.#client, async () => {
        rows = await step();
      });
      return rows;
    } catch (error) {
      if (error instanceof NotAsItIs || isOfRow(error)) return null;
      throw error;
    }
  }
}

/** A text that COPY would take otherwise than it is meant. */
class NotAsItIs extends Error {}

/** Built-in types have the same numbers everywhere; those of users have not. */
const firstUserType = 16_384;

function sameTypes(
  { types, typeIds }: { types: string[]; typeIds: number[] },
  pairs: ColumnPair[],
): boolean {
  if (pairs.length !== types.length) return false;
  if (new Set(pairs.map(({ source }) => source)).size !== types.length) return false;
  return pairs.every(({ source, target }) => {
    if (typeIds[source]! >= firstUserType) return false;
    return types[source] === target.vendorType;
  });
}

/** The mark at which COPY would end, whatever comes after it. */
const endMark = Buffer.from('\\.');

/** Longer than any header. */
const longestHead = 4 << 20;

/** @throws NotAsItIs where PostgreSQL would take the text otherwise */
async function putFile(
  copy: CopyIn,
  file: string,
  { gzip, header, delimiter }: CsvText,
  meter: Meter,
): Promise<void> {
  const raw = createReadStream(file, { highWaterMark: 1 << 20 });
  const bytes = gzip ? raw.pipe(createGunzip({ chunkSize: 1 << 20 })) : raw;
  raw.on('error', (error) => bytes.destroy(error));
  const quotes = new QuotePlaces(delimiter);
  let isFirst = true;
  let skipped = !header;
  let head: Buffer = Buffer.alloc(0);
  let last = 10;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      let piece = isFirst ? withoutMark(chunk) : chunk;
      isFirst = false;
      if (!quotes.areUsual(piece)) throw new NotAsItIs();
      if (!skipped) {
        head = Buffer.concat([head, piece]);
        const end = endOfRecord(head);
        if (end < 0 && head.length > longestHead) throw new NotAsItIs();
        if (end < 0) continue;
        piece = head.subarray(end);
        skipped = true;
      }
      if (last === 92 || piece.includes(endMark)) throw new NotAsItIs();
      last = piece.at(-1) ?? last;
      await copy.put(piece);
      await meter({ bytes: piece.length, rows: linesOf(piece) });
    }
  } finally {
    raw.destroy();
  }
  if (!quotes.isWhole) throw new NotAsItIs();
  if (last !== 10) await copy.put(Buffer.from('\n'));
}

/** About how many rows there are: a line may be part of a value. */
function linesOf(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** A mark of the byte order at the beginning is no part of the first value. */
function withoutMark(bytes: Buffer): Buffer {
  const has = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return has ? bytes.subarray(3) : bytes;
}

/** Where the first record ends; -1: not yet. */
function endOfRecord(bytes: Buffer): number {
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 34) quoted = !quoted;
    else if (bytes[at] === 10 && !quoted) return at + 1;
  }
  return -1;
}

const stagedName = 'tablegate_staged';

/** Where rows of an upsert come together; it goes with the transaction. */
async function makeStaged(client: PoolClient, ref: TableRef, pairs: ColumnPair[]): Promise<void> {
  const names = pairs.map(({ target }) => quoteIdentifier(target.name)).join(', ');
  await client.query(
    `CREATE TEMP TABLE ${stagedName} ON COMMIT DROP AS
     SELECT ${names} FROM ${quoteName(ref.schema, ref.table)} WITH NO DATA`,
  );
  await client.query(
    `ALTER TABLE ${stagedName} ADD COLUMN tablegate_place bigint GENERATED ALWAYS AS IDENTITY`,
  );
}

async function primaryKeyOf(client: PoolClient, ref: TableRef): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_index i
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
     WHERE i.indrelid = to_regclass($1) AND i.indisprimary`,
    [quoteName(ref.schema, ref.table)],
  );
  return rows.map(({ name }) => name);
}

/** Rows of a key that is there replace those; of rows with one key the last counts. */
async function merge(
  client: PoolClient,
  ref: TableRef,
  { plan }: WriteRequest,
  pairs: ColumnPair[],
): Promise<void> {
  const key = plan.key.length > 0 ? plan.key : await primaryKeyOf(client, ref);
  if (key.length === 0) {
    const place = `${ref.schema}.${ref.table}`;
    throw new ConnectorError(`${place} has no primary key; name the columns in "key".`);
  }
  const names = pairs.map(({ target }) => target.name);
  const list = names.map(quoteIdentifier).join(', ');
  const keys = key.map(quoteIdentifier).join(', ');
  const others = names.filter((name) => !key.includes(name)).map(quoteIdentifier);
  const action =
    others.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  // A key with NULL in it is like no other: each of its rows stays.
  const hasNull = key.map((name) => `${quoteIdentifier(name)} IS NULL`).join(' OR ');
  const same = `${keys}, CASE WHEN ${hasNull} THEN tablegate_place END`;
  await client.query(
    `INSERT INTO ${quoteName(ref.schema, ref.table)} (${list})
     SELECT ${list} FROM (
       SELECT DISTINCT ON (${same}) * FROM ${stagedName} ORDER BY ${same}, tablegate_place DESC
     ) AS rows ON CONFLICT (${keys}) ${action}`,
  );
}

async function runAll(client: PoolClient, statements: string[], ref: TableRef): Promise<void> {
  const name = quoteName(ref.schema, ref.table);
  for (const sql of statements) await runSingle(client, sql.replaceAll('@table', name));
}

/** What another copy replaces the same rows with is not seen, and so not deleted, before it is there. */
async function waitForOthers(client: PoolClient, ref: TableRef, { plan }: Request): Promise<void> {
  const key = `tablegate overwrite ${ref.schema}.${ref.table} ${plan.where ?? ''}`;
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
}

async function prepare(client: PoolClient, { plan }: Request): Promise<void> {
  await client.query(
    `SET LOCAL intervalstyle = postgres; SET LOCAL client_encoding = 'UTF8';
     SET LOCAL idle_in_transaction_session_timeout = '24h'`,
  );
  for (const sql of plan.session) await runSingle(client, sql);
}

export const writePostgresRows: WriteRows = {
  async committed(request) {
    const ref = targetRef(request);
    const { signal } = request;
    return withSessions(request, (sessions) =>
      sessions.transaction({ mode: 'read', signal }, (client) =>
        committedCopy(client, ref, request),
      ),
    );
  },

  async write(request, feed) {
    const { plan, signal } = request;
    const ref = targetRef(request);
    const name = quoteName(ref.schema, ref.table);
    return withSessions(request, async (sessions, config) => {
      await ensureCopies(sessions, signal);
      return sessions.transaction({ mode: 'write', signal }, async (client) => {
        await prepare(client, request);
        const present = await describeBeforeMaking(client, ref, request);
        const pairs = pairsOf(request, ref, present, config);
        if (present === null) await makeTable(client, ref, pairs);
        await runAll(client, plan.preSql, ref);
        if (plan.mode === 'overwrite') {
          await waitForOthers(client, ref, request);
          const where = plan.where === null ? '' : ` WHERE ${plan.where}`;
          await runSingle(client, `DELETE FROM ${name}${where}`);
        }
        const isMerged = plan.mode === 'upsert';
        if (isMerged) await makeStaged(client, ref, pairs);
        const sink = new PostgresSink(client, config, request, pairs, isMerged ? stagedName : name);
        const totals = await feed(sink);
        if (isMerged) await merge(client, ref, request, pairs);
        await runAll(client, plan.postSql, ref);
        // What is put off to the end is judged now, while it can be told what it is.
        await client.query('SET CONSTRAINTS ALL IMMEDIATE');
        const before = await noteCopy(client, ref, request, totals);
        if (before !== null) throw new AlreadyCommitted(before);
        return totals;
      });
    }).catch((error: unknown) => {
      if (error instanceof AlreadyCommitted) return error.totals;
      throw error;
    });
  },
};
