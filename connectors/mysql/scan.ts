/** Copies columns of a table into the scratch folder, from one state of it. */
import path from 'node:path';
import { pickColumns } from '../columns';
import type { DuckdbScan, RowFilter, ScanRequest } from '../connector';
import { csvChunks, scanOfCsv, writeCopy } from '../csv-copy';
import { columnsOf, type MysqlColumn } from './catalog';
import type { MysqlConfig } from './config';
import { placeOf } from './errors';
import { quoteBytes, quoteName } from './names';
import type { RawRow } from './session';
import type { MysqlSessions } from './sessions';
import { duckdbType, isFloat, textSql } from './values';

/** Compared byte by byte, whatever the collation of the column. */
function conditionOf(columns: MysqlColumn[], { texts }: RowFilter): string {
  const list = texts.map(quoteBytes).join(', ');
  return columns
    .map((column) => `CAST(CONVERT(${textSql(column)} USING utf8mb4) AS BINARY) IN (${list})`)
    .join(' OR ');
}

export async function prepareScan(
  sessions: MysqlSessions,
  config: MysqlConfig,
  request: ScanRequest,
): Promise<DuckdbScan> {
  const { ref, signal, scratchDir, only } = request;
  const file = path.join(scratchDir, `copy_${process.hrtime.bigint()}.csv`);
  const place = placeOf(config, ref);
  const options = { mode: 'read', signal } as const;
  const { columns, later } = await sessions.transaction(options, async (session) => {
    const present = await columnsOf(session, config, ref);
    const picked = pickColumns(present, request.columns, place);
    const filtered = only && pickColumns(present, only.columns, place);
    const isLater = filtered?.some(isFloat) ?? false;
    const where = filtered && !isLater ? ` WHERE ${conditionOf(filtered, only)}` : '';
    const texts = picked.map(textSql).join(', ');
    const query = `SELECT ${texts} FROM ${quoteName(ref.schema, ref.table)}${where}`;
    const rows = session.stream(query) as AsyncIterable<RawRow>;
    await writeCopy(csvChunks(rows), file, signal);
    return { columns: picked, later: isLater ? only : undefined };
  });
  const copied = columns.map((column) => ({ name: column.name, type: duckdbType(column) }));
  return scanOfCsv({ file, columns: copied, place, signal, only: later });
}
