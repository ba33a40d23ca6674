/** What the result says: whose an ID is, who a user is, and what became of it. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DuckdbScan, RowFilter } from '../../../../connectors/connector';
import { queryRows } from '../../../../connectors/duckdb-engine';
import { quoteText } from '../../../../connectors/sql-text';
import { TablegateError } from '../../../../model/errors';
import type { LookedUpId, LookedUpUser } from '../../../../model/look-up';
import { scanTable } from '../scan-table';
import type { LookUpRequest } from './messages';
import { refusalOf } from './refusals';

/** Which user an ID belongs to, by which run. */
export interface FoundId {
  oneId: string;
  runId: string;
}

/** Reads a table of the target. The parent cancels by killing this process. */
async function scanTarget<T>(
  engine: DuckDBConnection,
  request: LookUpRequest,
  { table, ...wanted }: { table: string; columns: string[]; only: RowFilter },
  sqlOf: (scan: DuckdbScan) => string,
  read: (sql: string) => Promise<T>,
): Promise<T> {
  const { connection, ref } = request.target;
  const { signal } = new AbortController();
  const place = { connection, ref: { ...ref, table }, signal };
  return scanTable(engine, request, { ...place, ...wanted }, sqlOf, read);
}

function isNotThere(error: unknown): boolean {
  return error instanceof TablegateError && error.code === 'tableNotFound';
}

/** Reads the result. @throws TablegateError noResult, or in words of the look-up */
async function scanResult<T>(
  engine: DuckDBConnection,
  request: LookUpRequest,
  wanted: { columns: string[]; only: RowFilter },
  sqlOf: (scan: DuckdbScan) => string,
  read: (sql: string) => Promise<T>,
): Promise<T> {
  const { output, target } = request;
  try {
    const { table } = target.ref;
    return await scanTarget(engine, request, { ...wanted, table }, sqlOf, read);
  } catch (error) {
    if (!isNotThere(error)) throw refusalOf(output, error);
    throw new TablegateError(
      'noResult',
      `There is no result yet: ${output} is not there; start a run of the task and wait for its end.`,
      { cause: error },
    );
  }
}

/** @returns for each ID whose it is; null for one that is not in the result */
export async function findIds(
  engine: DuckDBConnection,
  request: LookUpRequest,
  ids: LookedUpId[],
): Promise<(FoundId | null)[]> {
  const columns = ['one_id', 'id_type', 'id_value', 'run_id'];
  const only = { columns: ['id_value'], texts: ids.map(({ value }) => value) };
  const rows = await scanResult(
    engine,
    request,
    { columns, only },
    ({ relation }) => `SELECT ${columns.join(', ')} FROM ${relation}`,
    (sql) => queryRows(engine, sql),
  );
  return ids.map(({ idType, value }) => {
    const row = rows.find(({ id_type, id_value }) => id_type === idType && id_value === value);
    return row === undefined ? null : { oneId: String(row.one_id), runId: String(row.run_id) };
  });
}

/**
 * Makes `members (id, id_type, id_value, first_table)` of a user's IDs, numbered from 0 by type and
 * value.
 * @returns how many there are; null where another run has written the result since `runId`
 */
export async function loadUser(
  engine: DuckDBConnection,
  request: LookUpRequest,
  { oneId, runId }: FoundId,
): Promise<number | null> {
  const columns = ['one_id', 'id_type', 'id_value', 'first_table', 'run_id'];
  const only = { columns: ['one_id'], texts: [oneId] };
  await scanResult(
    engine,
    request,
    { columns, only },
    ({ relation }) => membersSql(`SELECT * FROM ${relation} WHERE run_id = ${quoteText(runId)}`),
    (sql) => engine.run(sql),
  );
  const [row] = await queryRows(engine, 'SELECT count(*) AS count FROM members');
  return Number(row?.count) || null;
}

/** The same of an ID that is in no result. */
export async function loadLoneId(engine: DuckDBConnection, id: LookedUpId): Promise<void> {
  const { idType, value } = id;
  await engine.run(
    membersSql(
      `SELECT ${quoteText(idType)} AS id_type, ${quoteText(value)} AS id_value, '' AS first_table`,
    ),
  );
}

function membersSql(rows: string): string {
  return `CREATE OR REPLACE TABLE members AS
    SELECT (row_number() OVER (ORDER BY id_type, id_value) - 1)::UINTEGER AS id,
      id_type, id_value, first_table
    FROM (${rows})`;
}

/** What the run did to a user; the beginning where that is more than `most`. */
export async function readChanges(
  engine: DuckDBConnection,
  request: LookUpRequest,
  oneId: string,
  most: number,
): Promise<LookedUpUser['changes']> {
  const table = `${request.target.ref.table}_changes`;
  const columns = ['change', 'one_id', 'other_one_id', 'ids', 'run_id'];
  const only = { columns: ['one_id', 'other_one_id'], texts: [oneId] };
  try {
    const rows = await scanTarget(
      engine,
      request,
      { table, columns, only },
      ({ relation }) => `SELECT * FROM ${relation} ORDER BY ALL LIMIT ${most}`,
      (sql) => queryRows(engine, sql),
    );
    return rows.map(changeOf);
  } catch (error) {
    if (isNotThere(error)) return [];
    throw refusalOf(`${request.output}_changes`, error);
  }
}

function changeOf(row: Record<string, unknown>): LookedUpUser['changes'][number] {
  return {
    change: String(row.change),
    oneId: String(row.one_id),
    otherOneId: row.other_one_id === null ? null : String(row.other_one_id),
    ids: Number(row.ids),
    runId: String(row.run_id),
  };
}
