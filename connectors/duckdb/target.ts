/** The table of a DuckDB file that rows go into: where it is, what it has, how it is made. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TransferColumn } from '../../model/transfer-types';
import { describeRelation } from '../columns';
import { ConnectorError, type TableRef } from '../connector';
import { queryRows } from '../duckdb-engine';
import { ownSchema } from '../fencing';
import { quoteIdentifier, quoteName, quoteText } from '../sql-text';
import { refOf, type ColumnPair, type WriteRequest } from '../transfer';
import { scriptRefused } from './errors';
import { withDatabaseFile } from './open-file';
import { fileOf, limitsIn, runWaitMs } from './read-rows';
import { typeOfDuckdb } from './types';

export type Request = Omit<WriteRequest, 'sourceColumns'>;

export interface Target {
  file: string;
  ref: TableRef;
  /** The table and its file, for people. */
  place: string;
}

/** @throws TablegateError pathOutsideRoots; ConnectorError for a table of our own schema */
export async function targetOf({ config, context, plan }: Request): Promise<Target> {
  const file = await fileOf(config, context.filesRoots);
  const ref = refOf(plan.table!, 'main');
  if (ref.schema.toLowerCase() === ownSchema) {
    throw new ConnectorError(`The schema ${ownSchema} is not for data.`);
  }
  return { file, ref, place: `${ref.schema}.${ref.table} in ${path.basename(file)}` };
}

export async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

/** What a use of a file may have beside the usual. */
export interface ScriptUse {
  /** Files that may be read beside it and the scratch folder. */
  paths?: string[];
  memoryMiB?: number;
}

/**
 * Opens a file for a use of its own, in which SQL of the script may run.
 * @throws as `withDatabaseFile`
 */
export function withScriptFile<T>(
  file: string,
  mode: 'read' | 'write',
  { scratchDir, signal }: Request,
  work: (connection: DuckDBConnection) => Promise<T>,
  { paths = [], memoryMiB }: ScriptUse = {},
): Promise<T> {
  const limits = limitsIn(scratchDir, memoryMiB);
  const use = { file, mode, waitMs: runWaitMs, signal, limits, paths };
  return withDatabaseFile({ ...use, folders: [scratchDir], refused: scriptRefused }, work);
}

/** A condition that picks a table out of one of DuckDB's own lists of the file. */
export function isOf({ schema, table }: TableRef): string {
  return `database_name = 'opened' AND lower(schema_name) = lower(${quoteText(schema)}) AND lower(table_name) = lower(${quoteText(table)})`;
}

export async function tableExists(connection: DuckDBConnection, ref: TableRef): Promise<boolean> {
  return (
    (await queryRows(connection, `SELECT 1 FROM duckdb_tables() WHERE ${isOf(ref)}`)).length > 0
  );
}

/** Columns that can be written, or null where there is no such table. */
export async function describeTarget(
  connection: DuckDBConnection,
  { ref }: Target,
): Promise<TransferColumn[] | null> {
  if (!(await tableExists(connection, ref))) return null;
  const described = await describeRelation(connection, quoteName('opened', ref.schema, ref.table));
  const rows = await queryRows(
    connection,
    `SELECT column_name AS name, is_nullable AS nullable FROM duckdb_columns() WHERE ${isOf(ref)}`,
  );
  const nullable = new Map(rows.map((row) => [String(row.name), row.nullable === true]));
  return described.map(({ name, type }) => ({
    name,
    type: typeOfDuckdb(type),
    vendorType: type,
    nullable: nullable.get(name) ?? true,
  }));
}

export async function primaryKeyOf(connection: DuckDBConnection, ref: TableRef): Promise<string[]> {
  const [row] = await queryRows(
    connection,
    `SELECT constraint_column_names AS names FROM duckdb_constraints()
     WHERE constraint_type = 'PRIMARY KEY' AND ${isOf(ref)}`,
  );
  return row === undefined ? [] : (row.names as string[]);
}

export async function makeTable(
  connection: DuckDBConnection,
  ref: TableRef,
  pairs: ColumnPair[],
): Promise<void> {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName('opened', ref.schema)}`);
  const columns = pairs.map(({ target }) => `${quoteIdentifier(target.name)} ${target.vendorType}`);
  await connection.run(
    `CREATE TABLE ${quoteName('opened', ref.schema, ref.table)} (${columns.join(', ')})`,
  );
}
