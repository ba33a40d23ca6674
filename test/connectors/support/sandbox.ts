/** A folder of a test's own with an allowed root, a scratch folder and what lies outside. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Connection, DuckdbScan, RowFilter, TableRef } from '../../../connectors/connector';

export class Sandbox {
  readonly base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'tablegate-')));
  readonly root = path.join(this.base, 'root');
  readonly outside = path.join(this.base, 'outside');
  readonly scratch = path.join(this.base, 'scratch');

  constructor() {
    for (const folder of [this.root, this.outside, this.scratch]) mkdirSync(folder);
  }

  get context() {
    return { filesRoots: [this.root] };
  }

  /** Writes a file below the allowed root. @returns its path */
  write(name: string, content: string | Buffer): string {
    const file = path.join(this.root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** Runs SQL in a DuckDB file, or in memory, and closes it. @returns rows of the last statement */
export async function runSql(
  database: string,
  ...statements: string[]
): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readScan(scan: DuckdbScan, columns: string[]): Promise<(string | null)[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const sql of scan.setup) await connection.run(sql);
    const list = columns.map((name) => `"${name.replaceAll('"', '""')}"::VARCHAR`).join(', ');
    const result = await connection.runAndReadAll(`SELECT ${list} FROM ${scan.relation}`);
    for (const sql of scan.teardown) await connection.run(sql);
    return result.getRowsJS() as (string | null)[][];
  } catch (error) {
    throw scan.explain(error);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Reads a table the way a job does; every cell as text. */
export async function readTable(
  connection: Connection,
  sandbox: Sandbox,
  ref: TableRef,
  columns: string[],
  only?: RowFilter,
): Promise<(string | null)[][]> {
  const signal = new AbortController().signal;
  const request = { ref, columns, scratchDir: sandbox.scratch, signal, ...(only && { only }) };
  const scan = await connection.prepareScan(request);
  return await readScan(scan, columns);
}

/** What a promise was rejected with; fails when it was not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const nothing = Symbol('nothing was thrown');
  const outcome = await promise.then(
    () => nothing,
    (error: unknown) => error,
  );
  if (outcome === nothing) throw new Error('expected a rejection');
  return outcome as Error;
}
