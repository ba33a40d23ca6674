/**
 * Writes rows into a table of MySQL or MariaDB: one transaction from `preSql` to what is remembered of
 * the copy. Rows come in by statements of many; where one of them is refused, it is found by halves.
 */
import { mapColumns } from '../../model/column-mapping';
import type { Cell, TransferColumn } from '../../model/transfer-types';
import { tableNotFound } from '../missing-table';
import { ConnectorError, type TableRef } from '../connector';
import { messageOf } from '../message-of';
import { serverOf } from '../server-config';
import {
  AlreadyCommitted,
  refOf,
  type ColumnPair,
  type CopyTotals,
  type Feed,
  type RefuseRow,
  type RowSink,
  type WriteRequest,
  type WriteRows,
} from '../transfer';
import { mysqlConfigSchema, type MysqlConfig } from './config';
import { committedCopy, ensureCopies, noteCopy, wasCopiedSince } from './copies';
import { mysqlError } from './errors';
import { quoteIdentifier, quoteText } from './names';
import { replaceAlone } from './notes';
import type { MysqlSession } from './session';
import { MysqlSessions } from './sessions';
import { strictAgain } from './strict';
import { mysqlTypeLike, typeOfMysql } from './types';

type Request = Omit<WriteRequest, 'sourceColumns'>;

/** Rows and bytes of one statement. */
const usualRows = 2_000;
const usualBytes = 1 << 20;

async function withSessions<T>(
  request: Request,
  work: (sessions: MysqlSessions, config: MysqlConfig) => Promise<T>,
): Promise<T> {
  const config = mysqlConfigSchema.parse(request.config);
  const sessions = new MysqlSessions(config);
  try {
    return await work(sessions, config);
  } finally {
    await sessions.end();
  }
}

const nameOf = ({ schema, table }: TableRef) =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;

function targetRef({ plan }: Request, config: MysqlConfig): TableRef {
  const ref = refOf(plan.table!, config.database);
  if (ref.schema.toLowerCase() === 'tablegate') {
    throw new ConnectorError('The schema tablegate is not for data.');
  }
  return ref;
}

const isSame = ({ schema, table }: TableRef) =>
  `table_schema = ${quoteText(schema)} AND table_name = ${quoteText(table)}`;

/** Numbers of errors: a table that is there already, one that is not, one that may not be read. */
const tableIsThere = 1050;
const noSuchTable = 1146;
const mayNotRead = 1142;

const numberOf = (error: unknown) => Number((error as { errno?: unknown } | null)?.errno);

/** Keeps others from dropping a table before the transaction of the session ends, where it is there. */
async function holdTable(session: MysqlSession, ref: TableRef): Promise<void> {
  try {
    await session.query(`SELECT 1 FROM ${nameOf(ref)} LIMIT 0`);
  } catch (error) {
    // Who may only insert has it from the first row on.
    if (![noSuchTable, mayNotRead].includes(numberOf(error))) throw error;
  }
}

/** Columns that can be written, in their order; null: there is no such table. */
async function describeTarget(
  session: MysqlSession,
  ref: TableRef,
): Promise<TransferColumn[] | null> {
  const rows = await session.query(
    `SELECT column_name, data_type, column_type, character_maximum_length, character_octet_length,
       numeric_precision, numeric_scale, coalesce(datetime_precision, 0), character_set_name,
       is_nullable, extra
     FROM information_schema.columns WHERE ${isSame(ref)} ORDER BY ordinal_position`,
  );
  if (rows.length === 0) return null;
  await refuseEngine(session, ref);
  return rows
    .filter((row) => !/generated/i.test(row[10] ?? '') || /DEFAULT_GENERATED/i.test(row[10] ?? ''))
    .map(columnOf);
}

function columnOf(row: (string | null)[]): TransferColumn {
  const [name, dataType, columnType, characters, bytes, precision, scale, digits, charset] = row;
  const number = (text: string | null | undefined) =>
    text === null || text === undefined ? null : Number(text);
  const type = typeOfMysql({
    name: name!,
    dataType: dataType!.toLowerCase(),
    columnType: columnType!.toLowerCase(),
    ...{ characters: number(characters), bytes: number(bytes), precision: number(precision) },
    ...{ scale: number(scale), digits: Number(digits ?? 0), charset: charset ?? null },
  });
  return { name: name!, type, vendorType: columnType!, nullable: row[9] === 'YES' };
}

/** @throws ConnectorError for a table that knows no transactions */
async function refuseEngine(session: MysqlSession, ref: TableRef): Promise<void> {
  const [row] = await session.query(
    `SELECT t.engine, e.transactions FROM information_schema.tables t
       LEFT JOIN information_schema.engines e ON e.engine = t.engine
     WHERE ${isSame(ref).replaceAll('table_', 't.table_')}`,
  );
  const [engine, transactions] = row ?? [];
  if (engine === null || engine === undefined || transactions === 'YES') return;
  throw new ConnectorError(
    `${ref.schema}.${ref.table} is of the engine ${engine}, which has no transactions; all or nothing needs one that has, such as InnoDB.`,
  );
}

function pairsOf(
  request: WriteRequest,
  ref: TableRef,
  present: TransferColumn[] | null,
  config: MysqlConfig,
): ColumnPair[] {
  const { plan, sourceColumns } = request;
  if (present === null && !plan.createTable) {
    const absent = tableNotFound(ref, serverOf(config));
    throw new ConnectorError(`${absent.message} "createTable": true makes it.`, { cause: absent });
  }
  return mapColumns({
    source: sourceColumns,
    target: present,
    ...{ columns: plan.columns, mapping: plan.mapping, place: `${ref.schema}.${ref.table}` },
    typeLike: (column) => ({ vendorType: mysqlTypeLike(column), type: column.type }),
  });
}

/** A table that this run has made. */
interface MadeTable {
  pairs: ColumnPair[];
  /** Time of the server, no later than that of the table. */
  time: string;
}

/**
 * Makes the table before the transaction, which this would end.
 * @returns null where another has made it meanwhile
 */
async function makeTable(
  sessions: MysqlSessions,
  ref: TableRef,
  pairs: ColumnPair[],
  signal: AbortSignal,
): Promise<MadeTable | null> {
  const columns = pairs.map(
    ({ target }) => `${quoteIdentifier(target.name)} ${target.vendorType} NULL`,
  );
  return sessions.transaction({ mode: 'write', signal }, async (session) => {
    const [[time] = []] = await session.query('SELECT current_timestamp');
    try {
      await session.run(`CREATE TABLE ${nameOf(ref)} (${columns.join(', ')}) ENGINE = InnoDB`);
    } catch (error) {
      if (numberOf(error) === tableIsThere) return null;
      throw error;
    }
    return { pairs, time: time! };
  });
}

/** How long the table is waited for: whoever has it is about to bring rows, and others wait behind us. */
const dropWaitSeconds = 1;

/**
 * Takes back a table that was made for rows that did not come. It stays where another copy is under way,
 * or has committed, or where somebody has brought rows.
 */
async function dropEmpty(
  sessions: MysqlSessions,
  request: Request,
  ref: TableRef,
  { time }: MadeTable,
): Promise<void> {
  const isCopied = () =>
    // A session that has locked tables sees no others.
    withSessions(request, (others) =>
      others.transaction({ mode: 'read', signal: null }, (session) =>
        wasCopiedSince(session, ref, time),
      ),
    );
  await sessions.transaction({ mode: 'write', signal: null }, async (session) => {
    await session.run(`SET SESSION lock_wait_timeout = ${dropWaitSeconds}`);
    await session.run(`LOCK TABLES ${nameOf(ref)} WRITE`);
    const rows = await session.query(`SELECT 1 FROM ${nameOf(ref)} LIMIT 1`);
    const isInVain = rows.length === 0 && !(await isCopied());
    if (isInVain) await session.run(`DROP TABLE ${nameOf(ref)}`);
    await session.run('UNLOCK TABLES');
  });
}

/** Numbers of errors about a value or a row, beside those of the classes of such. */
const ofRow = new Set([1265, 1292, 1364, 1366, 1411, 3140, 3141, 3143, 3144, 4025]);

function isOfRow(error: unknown): boolean {
  const { errno, sqlState } = (error ?? {}) as { errno?: unknown; sqlState?: unknown };
  return ofRow.has(Number(errno)) || /^(22|23|45)/.test(String(sqlState ?? ''));
}

/** A value as it stands in a statement; a backslash is a character like any other. */
function literal(cell: Cell, { type }: TransferColumn): string {
  if (cell === null) return 'NULL';
  if (typeof cell !== 'string')
    return cell.length === 0 ? `''` : `x'${Buffer.from(cell).toString('hex')}'`;
  if (type.kind === 'bits') return `b'${cell}'`;
  if (type.kind === 'boolean') return cell === 'true' ? `b'1'` : `b'0'`;
  const text = type.kind === 'timestamp' && type.zone ? cell.replace(/\+00$/, '') : cell;
  return quoteText(text);
}

/** Values of an `enum` or `set`; null of any other column. */
function membersOf({ vendorType }: TransferColumn): Set<string> | null {
  if (!/^(enum|set)\b/i.test(vendorType)) return null;
  const quoted = vendorType.matchAll(/'((?:[^']|'')*)'/g);
  return new Set([...quoted].map(([, text]) => text!.replaceAll("''", "'")));
}

/**
 * Why a row would come in with another value: MySQL takes a number that is no value of an `enum` or
 * `set` for the place of one.
 */
export function misplaced(row: Cell[], columns: TransferColumn[]): string | null {
  for (const [at, column] of columns.entries()) {
    const cell = row[at];
    if (typeof cell !== 'string' || !/^\s*[+-]?\d+\s*$/.test(cell)) continue;
    const members = membersOf(column);
    if (members !== null && !members.has(cell)) {
      return `${column.name}: ${cell} is none of the values of the column`;
    }
  }
  return null;
}

class MysqlSink implements RowSink {
  readonly pairs: ColumnPair[];
  readonly #session: MysqlSession;
  readonly #config: MysqlConfig;
  readonly #columns: TransferColumn[];
  readonly #hasMembers: boolean;
  readonly #before: string;
  readonly #after: string;
  readonly #mostRows: number;
  readonly #mostBytes: number;

  constructor(
    session: MysqlSession,
    config: MysqlConfig,
    { plan }: WriteRequest,
    pairs: ColumnPair[],
    ref: TableRef,
    packet: number,
  ) {
    this.#session = session;
    this.#config = config;
    this.pairs = pairs;
    this.#columns = pairs.map(({ target }) => target);
    this.#hasMembers = this.#columns.some((column) => membersOf(column) !== null);
    const names = this.#columns.map(({ name }) => quoteIdentifier(name));
    const isReplaced = plan.mode === 'upsert' && plan.replaces;
    this.#before = `${isReplaced ? 'REPLACE' : 'INSERT'} INTO ${nameOf(ref)} (${names.join(', ')}) VALUES `;
    const updates = names.map((name) => `${name} = VALUES(${name})`);
    const isUpdated = plan.mode === 'upsert' && !plan.replaces;
    this.#after = isUpdated ? ` ON DUPLICATE KEY UPDATE ${updates.join(', ')}` : '';
    this.#mostRows = plan.batchSize ?? usualRows;
    this.#mostBytes = packet;
  }

  async write(rows: Cell[][], refuse: RefuseRow): Promise<void> {
    let texts: string[] = [];
    let bytes = 0;
    let first = 0;
    for (const [place, row] of rows.entries()) {
      const reason = this.#hasMembers ? misplaced(row, this.#columns) : null;
      if (reason !== null) {
        if (texts.length > 0) await this.#some(texts, first, refuse);
        texts = [];
        bytes = 0;
        refuse(place, reason);
        continue;
      }
      const text = `(${row.map((cell, at) => literal(cell, this.#columns[at]!)).join(', ')})`;
      const size = Buffer.byteLength(text);
      const isFull = texts.length >= this.#mostRows || bytes + size > usualBytes;
      if (isFull && texts.length > 0) {
        await this.#some(texts, first, refuse);
        texts = [];
        bytes = 0;
      }
      if (texts.length === 0) first = place;
      texts.push(text);
      bytes += size;
    }
    if (texts.length > 0) await this.#some(texts, first, refuse);
  }

  explain(error: unknown): Error {
    return mysqlError(this.#config, error);
  }

  async takeFast(): Promise<null> {
    return null;
  }

  /** @param first place of the first row among all of the batch */
  async #some(texts: string[], first: number, refuse: RefuseRow): Promise<void> {
    const sql = `${this.#before}${texts.join(', ')}${this.#after}`;
    try {
      if (Buffer.byteLength(sql) >= this.#mostBytes) throw new TooLarge(this.#mostBytes);
      await this.#session.run(sql);
    } catch (error) {
      if (!(error instanceof TooLarge) && !isOfRow(error)) throw error;
      if (texts.length === 1) {
        refuse(first, messageOf(error).split('\n', 1)[0]!);
        return;
      }
      const half = texts.length >> 1;
      await this.#some(texts.slice(0, half), first, refuse);
      await this.#some(texts.slice(half), first + half, refuse);
    }
  }
}

class TooLarge extends Error {
  constructor(most: number) {
    super(
      `the row is larger than the ${most} bytes that the server takes at once (max_allowed_packet)`,
    );
  }
}

/** @throws ConnectorError where the table has no unique key of these columns */
async function refuseKey(session: MysqlSession, ref: TableRef, key: string[]): Promise<void> {
  const rows = await session.query(
    `SELECT index_name, column_name FROM information_schema.statistics WHERE ${isSame(ref)} AND non_unique = 0`,
  );
  const keys = new Map<string, string[]>();
  for (const [index, column] of rows) {
    keys.set(index!, [...(keys.get(index!) ?? []), column!.toLowerCase()]);
  }
  const place = `${ref.schema}.${ref.table}`;
  if (keys.size === 0) throw new ConnectorError(`${place} has no key, so rows replace none.`);
  const wanted = key
    .map((name) => name.toLowerCase())
    .toSorted()
    .join();
  const isThere = [...keys.values()].some((columns) => columns.toSorted().join() === wanted);
  if (key.length > 0 && !isThere) {
    throw new ConnectorError(`${place} has no unique key of the columns ${key.join(', ')}.`);
  }
}

async function runAll(session: MysqlSession, statements: string[], ref: TableRef): Promise<void> {
  for (const sql of statements) await session.run(sql.replaceAll('@table', nameOf(ref)));
}

async function prepare(session: MysqlSession, { plan }: Request): Promise<number> {
  for (const sql of plan.session) await session.run(sql);
  if (plan.session.length > 0) await strictAgain(session);
  // A source may be slow, and a limit of the speed lets it wait.
  await session.run('SET SESSION wait_timeout = 86400');
  const [[packet] = []] = await session.query('SELECT @@max_allowed_packet');
  return Number(packet ?? usualBytes);
}

/** How often a table is made: another run may have dropped it since. */
const mostTries = 5;

interface Copy {
  ref: TableRef;
  config: MysqlConfig;
  request: WriteRequest;
  feed: Feed;
  made: MadeTable | null;
}

/** @returns null where the table has to be made first: nothing was done then */
async function bringRows(
  session: MysqlSession,
  { ref, config, request, feed, made }: Copy,
): Promise<CopyTotals | null> {
  const { plan } = request;
  const packet = await prepare(session, request);
  await holdTable(session, ref);
  const present = await describeTarget(session, ref);
  if (present === null && plan.createTable) return null;
  const pairs = made?.pairs ?? pairsOf(request, ref, present, config);
  // Held until the session ends with this write, in whatever way: past the commit.
  if (plan.mode === 'overwrite') await replaceAlone(session, ref, plan.where);
  await runAll(session, plan.preSql, ref);
  if (plan.mode === 'overwrite') {
    const where = plan.where === null ? '' : ` WHERE ${plan.where}`;
    await session.run(`DELETE FROM ${nameOf(ref)}${where}`);
  }
  if (plan.mode === 'upsert') await refuseKey(session, ref, plan.key);
  const totals = await feed(new MysqlSink(session, config, request, pairs, ref, packet));
  await runAll(session, plan.postSql, ref);
  const before = await noteCopy(session, ref, request, totals);
  if (before !== null) throw new AlreadyCommitted(before);
  return totals;
}

export const writeMysqlRows: WriteRows = {
  async committed(request) {
    const { signal } = request;
    return withSessions(request, (sessions, config) =>
      sessions.transaction({ mode: 'read', signal }, (session) =>
        committedCopy(session, targetRef(request, config), request),
      ),
    );
  },

  async write(request, feed) {
    const { signal } = request;
    return withSessions(request, async (sessions, config) => {
      const ref = targetRef(request, config);
      await ensureCopies(sessions, signal);
      let made: MadeTable | null = null;
      try {
        for (let tries = 0; tries < mostTries; tries += 1) {
          const totals = await sessions.transaction({ mode: 'write', signal }, (session) =>
            bringRows(session, { ref, config, request, feed, made }),
          );
          if (totals !== null) return totals;
          // What another makes at the same time is looked at like any table.
          made = await makeTable(sessions, ref, pairsOf(request, ref, null, config), signal);
        }
        throw new ConnectorError(
          `${ref.schema}.${ref.table} cannot be made, as it is there, and is not seen by the user ${config.user}.`,
        );
      } catch (error) {
        if (made !== null) await dropEmpty(sessions, request, ref, made).catch(() => undefined);
        if (error instanceof AlreadyCommitted) return error.totals;
        throw error;
      }
    });
  },
};
