/** Reads tables and queries of a DuckDB file: copied into the scratch folder first, so that the file is held briefly. */
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { describeRelation, tableNotFound } from '../columns';
import { queryRows, runSingle, withEngine, type EngineLimits } from '../duckdb-engine';
import { fileSystemError } from '../file-system-error';
import { readRelation } from '../relation-rows';
import { realRoots, resolveInRoots } from '../roots';
import { selectList, type SqlDialect } from '../select-list';
import { quoteIdentifier, quoteName, quoteText } from '../sql-text';
import { haveSameTypes, refOf, type ReadRequest, type ReadRows, type RowSource } from '../transfer';
import type { ReadColumn } from '../../model/script-plan';
import type { TransferColumn } from '../../model/transfer-types';
import { duckdbConfigSchema } from './config';
import { firstMemoryMiB, usualMemoryMiB, withEnoughMemory } from './copy-memory';
import { duckdbError, scriptRefused } from './errors';
import { withDatabaseFile } from './open-file';
import { typeOfDuckdb } from './types';

/** How long a run waits for a file that another process holds. */
export const runWaitMs = 60_000;
export const copyThreads = 2;

export const dialect: SqlDialect = { name: quoteIdentifier, text: quoteText };

export function limitsIn(scratchDir: string, memoryMiB = usualMemoryMiB): EngineLimits {
  return {
    threads: copyThreads,
    memoryMiB,
    spillDir: path.join(scratchDir, 'spill'),
  };
}

/** Real path of the file of a connection. @throws TablegateError pathOutsideRoots */
export async function fileOf(
  config: Record<string, unknown>,
  filesRoots: string[],
): Promise<string> {
  const { path: given } = duckdbConfigSchema.parse(config);
  try {
    return await resolveInRoots(given, filesRoots);
  } catch (error) {
    throw fileSystemError(given, error);
  }
}

export const readDuckdbRows: ReadRows = async (request, use) => {
  const { context, scratchDir, signal } = request;
  const file = await fileOf(request.config, context.filesRoots);
  const fileName = path.basename(file);
  if (!(await stat(file).catch(() => null))) {
    const [table] = request.tables;
    throw tableNotFound(refOf(table ?? { schema: null, table: 'of the query' }, 'main'), fileName);
  }
  // A view reads what it may for everybody; SQL of a script is kept to the file of its connection.
  const kept = bringsSql(request);
  const folders = [...(kept ? [] : await realRoots(context.filesRoots)), scratchDir];
  const fileUse = { file, mode: 'read' as const, waitMs: runWaitMs, signal };
  const copyFile = path.join(scratchDir, `copy-${process.hrtime.bigint()}.duckdb`);
  const copied = await withEnoughMemory(
    kept ? usualMemoryMiB : firstMemoryMiB,
    async (memoryMiB) => {
      // Of a try that had too little.
      for (const left of [copyFile, `${copyFile}.wal`]) await rm(left, { force: true });
      const limits = limitsIn(scratchDir, memoryMiB);
      const tables = await withDatabaseFile(
        { ...fileUse, limits, folders, ...(kept && { refused: scriptRefused }) },
        (connection) => copyAll(connection, request, copyFile),
      );
      return { tables, limits };
    },
  );
  const { tables, limits } = copied;
  // Reading the copy takes no more than writing it.
  return withEngine(':memory:', limits, signal, async (connection) => {
    await connection.run(attachSql(copyFile));
    try {
      return await use(await sourceOf(connection, copyFile, tables, fileName));
    } catch (error) {
      throw duckdbError(fileName, error);
    }
  });
};

/** Whether anything but names comes from the script. */
function bringsSql({ queries, session, where, columns }: ReadRequest): boolean {
  const list = columns === '*' ? [] : columns;
  const isSql = (column: ReadColumn) =>
    typeof column === 'string' && column !== '*' && !/^[\p{L}\p{N}_]+$/u.test(column);
  return queries.length > 0 || session.length > 0 || where !== null || list.some(isSql);
}

function attachSql(copyFile: string): string {
  return `ATTACH ${quoteText(copyFile)} AS source_copy (TYPE duckdb, READ_ONLY)`;
}

/** @returns how many tables of the copy there are */
async function copyAll(
  connection: DuckDBConnection,
  request: ReadRequest,
  copyFile: string,
): Promise<number> {
  await connection.run(`ATTACH ${quoteText(copyFile)} AS source_copy (TYPE duckdb)`);
  await connection.run('USE opened');
  for (const sql of request.session) await runSingle(connection, sql);
  const selects = [...request.queries];
  for (const table of request.tables) selects.push(await selectOf(connection, request, table));
  for (const [index, select] of selects.entries()) {
    await runSingle(connection, `CREATE TABLE source_copy.main.t${index} AS ${select}`);
  }
  await connection.run('USE memory');
  await connection.run('DETACH source_copy');
  return selects.length;
}

async function selectOf(
  connection: DuckDBConnection,
  { columns, where, config }: ReadRequest,
  table: ReadRequest['tables'][number],
): Promise<string> {
  const ref = refOf(table, 'main');
  const place = `${ref.schema}.${ref.table}`;
  const found = await queryRows(
    connection,
    `SELECT 1 FROM duckdb_tables() WHERE database_name = 'opened' AND lower(schema_name) = lower(${quoteText(ref.schema)}) AND lower(table_name) = lower(${quoteText(ref.table)})
     UNION ALL
     SELECT 1 FROM duckdb_views() WHERE database_name = 'opened' AND lower(schema_name) = lower(${quoteText(ref.schema)}) AND lower(view_name) = lower(${quoteText(ref.table)})`,
  );
  if (found.length === 0) throw tableNotFound(ref, path.basename(String(config.path)));
  const relation = quoteName('opened', ref.schema, ref.table);
  const present = (await describeRelation(connection, relation)).map(({ name }) => name);
  const list = selectList(columns, present, dialect, place);
  return `SELECT ${list.join(', ')} FROM ${relation}${where === null ? '' : ` WHERE ${where}`}`;
}

async function sourceOf(
  connection: DuckDBConnection,
  copyFile: string,
  tables: number,
  fileName: string,
): Promise<RowSource> {
  const names = Array.from({ length: tables }, (_, index) => `source_copy.main.t${index}`);
  const columnsOf: TransferColumn[][] = [];
  for (const name of names) columnsOf.push(await columnsIn(connection, name));
  const columns = columnsOf[0]!;
  const all = names.map((name) => `SELECT * FROM ${name}`).join(' UNION ALL ');
  const counts = names.map((name) => `SELECT count(*) AS rows FROM ${name}`).join(' UNION ALL ');
  const [count] = await queryRows(connection, `SELECT sum(rows) AS rows FROM (${counts})`);
  const relation = {
    setup: [attachSql(copyFile)],
    sql: `(${all})`,
    types: columns.map(({ vendorType }) => vendorType),
    paths: [],
  };
  return {
    columns,
    explain: (error) => duckdbError(fileName, error),
    rowsAbout: Number(count?.rows),
    parts: names.map((name, table) => ({
      ...{ table, columns: columnsOf[table]! },
      read: (take) => readRelation(connection, name, columnsOf[table]!, take),
    })),
    fast: haveSameTypes(columnsOf) ? { relation } : {},
  };
}

async function columnsIn(connection: DuckDBConnection, relation: string) {
  const described = await describeRelation(connection, relation);
  return described.map(({ name, type }) => {
    return { name, type: typeOfDuckdb(type), vendorType: type, nullable: true };
  });
}
