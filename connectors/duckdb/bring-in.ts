/** Brings gathered rows into a table of a DuckDB file, in one transaction of the file. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { ConnectorError, type TableRef } from '../connector';
import { runSingle } from '../duckdb-engine';
import { quoteIdentifier, quoteName } from '../sql-text';
import type { ColumnPair, CopyTotals, RefuseLate, WriteRequest } from '../transfer';
import { isOfConstraint, notRefused, refuseRows } from './constraint-rows';
import { committedCopy, makeCopies, noteCopy } from './copies';
import type { GatheredRows } from './sink';
import { makeTable, primaryKeyOf, tableExists, type Target } from './target';

export interface Gathered {
  rows: GatheredRows;
  pairs: ColumnPair[];
  totals: CopyTotals;
}

/**
 * All of the rows, or nothing. Rows that constraints of the table refuse are told apart and left out.
 * @returns totals of this try, or of one that has committed before
 * @throws SupersededError; what DuckDB says and `refuseLate` throws, after which nothing changed
 */
export async function bringIn(
  connection: DuckDBConnection,
  target: Target,
  request: WriteRequest,
  gathered: Gathered,
  refuseLate: RefuseLate,
): Promise<CopyTotals> {
  for (const statement of gathered.rows.setup) await connection.run(statement);
  await connection.run('USE opened');
  const step = { connection, target, request, gathered };
  const totals = await bringAll(step).catch(async (error: unknown) => {
    if (!isOfConstraint(error)) throw error;
    return bringTaken(step, refuseLate, error);
  });
  await connection.run('USE memory');
  // The rows are in their place: a log that could not be written in is so when the file is opened.
  await connection.run('CHECKPOINT opened').catch(() => undefined);
  return totals;
}

interface Step {
  connection: DuckDBConnection;
  target: Target;
  request: WriteRequest;
  gathered: Gathered;
}

function bringAll(step: Step): Promise<CopyTotals> {
  const { connection, gathered } = step;
  return inTransaction(step, async ({ into, list, rows }) => {
    await connection.run(`${into} SELECT ${list} FROM (${rows})`);
    return gathered.totals;
  });
}

/** @param thrown told where it cannot be said which rows it is about */
function bringTaken(step: Step, refuseLate: RefuseLate, thrown: unknown): Promise<CopyTotals> {
  const { connection, target, gathered } = step;
  return inTransaction(step, async ({ into, list, rows, replaces }) => {
    // What a refused row would have replaced by a key of the script is gone already.
    if (replaces === 'key') throw thrown;
    const asked = { target, pairs: gathered.pairs, rows, replaces: replaces === 'primary key' };
    const refused = await refuseRows(connection, asked).catch(() => null);
    if (refused === null || refused.count === 0) throw thrown;
    const totals = await refuseLate(refused);
    await connection.run(`${into} SELECT ${list} FROM (${rows}) WHERE ${notRefused}`);
    return totals;
  });
}

/** How the rows come in. */
interface Insertion {
  /** What stands before the query. */
  into: string;
  /** Names of the columns. */
  list: string;
  /** Query of them and `file_row_number`. */
  rows: string;
  /** By which key rows take the place of others. */
  replaces: 'primary key' | 'key' | null;
}

/** All around the rows: what makes room for them, the script's own statements, the note. */
async function inTransaction(
  { connection, target, request, gathered }: Step,
  insert: (insertion: Insertion) => Promise<CopyTotals>,
): Promise<CopyTotals> {
  const { plan, signal } = request;
  const { ref } = target;
  await connection.run('BEGIN');
  try {
    await makeCopies(connection);
    const before = await committedCopy(connection, target, request);
    if (before !== null) {
      await connection.run('ROLLBACK');
      return before;
    }
    if (!(await tableExists(connection, ref))) await makeTable(connection, ref, gathered.pairs);
    await runScript(connection, plan.preSql, ref);
    const totals = await insert(await makeRoom(connection, target, request, gathered));
    await runScript(connection, plan.postSql, ref);
    await noteCopy(connection, target, request, totals);
    signal.throwIfAborted();
    await connection.run('COMMIT');
    return totals;
  } catch (error) {
    // Fails where COMMIT has failed already and there is no transaction any more.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Statements that a script brings. */
export async function runScript(
  connection: DuckDBConnection,
  statements: string[],
  { schema, table }: TableRef,
): Promise<void> {
  for (const sql of statements) {
    await runSingle(connection, sql.replaceAll('@table', quoteName(schema, table)));
  }
}

/** Takes away what the rows replace. */
async function makeRoom(
  connection: DuckDBConnection,
  target: Target,
  { plan }: WriteRequest,
  { rows: { sql }, pairs }: Gathered,
): Promise<Insertion> {
  const table = quoteName('opened', target.ref.schema, target.ref.table);
  const list = pairs.map(({ target: { name } }) => quoteIdentifier(name)).join(', ');
  const all = `SELECT ${list}, file_row_number FROM ${sql}`;
  if (plan.mode === 'overwrite') {
    const where = plan.where === null ? '' : ` WHERE ${plan.where}`;
    await runSingle(connection, `DELETE FROM ${table}${where}`);
  }
  const into = `INTO ${table} (${list})`;
  if (plan.mode !== 'upsert') return { into: `INSERT ${into}`, list, rows: all, replaces: null };
  const isPrimary = plan.key.length === 0;
  const key = isPrimary ? await primaryKeyOf(connection, target.ref) : plan.key;
  if (key.length === 0) {
    throw new ConnectorError(`${target.place} has no primary key; name the columns in "key".`);
  }
  const keys = key.map(quoteIdentifier).join(', ');
  // Of rows with one key the last counts, as if they were written one after the other.
  // A key with NULL in it is like no other: each of its rows stays.
  const hasNull = key.map((name) => `${quoteIdentifier(name)} IS NULL`).join(' OR ');
  const same = `${keys}, CASE WHEN ${hasNull} THEN file_row_number END`;
  const last = `row_number() OVER (PARTITION BY ${same} ORDER BY file_row_number DESC) = 1`;
  const rows = `${all} QUALIFY ${last}`;
  if (isPrimary) return { into: `INSERT OR REPLACE ${into}`, list, rows, replaces: 'primary key' };
  await connection.run(`DELETE FROM ${table} WHERE (${keys}) IN (SELECT (${keys}) FROM ${sql})`);
  return { into: `INSERT ${into}`, list, rows, replaces: 'key' };
}
