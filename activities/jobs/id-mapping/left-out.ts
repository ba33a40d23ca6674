/** Tells which values were left out of linking. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import type { SharedId } from './components';
import type { LeftOutValue } from './messages';
import type { Reporter } from './report';

/** The record stays below 64 KB. */
const mostKept = 50;
const mostLogged = 20;
const mostTables = 5;
const longestValue = 200;

function shortened(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** @returns those with most others, worded for the record */
export async function describeLeftOut(
  connection: DuckDBConnection,
  shared: SharedId[],
  idTypes: string[],
  tableNames: string[],
): Promise<LeftOutValue[]> {
  const kept = shared.slice(0, mostKept);
  if (kept.length === 0) return [];
  const numbers = kept.map((one) => one.id).join(', ');
  const rows = await queryRows(
    connection,
    `SELECT rowid AS id, type, value FROM ids WHERE rowid IN (${numbers})`,
  );
  const byId = new Map(rows.map((row) => [Number(row.id), row]));
  return kept.map(({ id, others, tables }) => ({
    idType: idTypes[Number(byId.get(id)?.type)] ?? '',
    value: shortened(String(byId.get(id)?.value)),
    others,
    tables: tables.slice(0, mostTables).map((place) => tableNames[place] as string),
  }));
}

/** One line a value, and one for the rest. */
export function logLeftOut(reporter: Reporter, leftOut: LeftOutValue[], count: number): void {
  const logged = leftOut.slice(0, mostLogged);
  for (const { idType, value, others, tables } of logged) {
    reporter.log(
      'warn',
      `left out ${idType} "${value}": it occurs with ${others} other values in ${tables.join(', ')}`,
    );
  }
  if (count > logged.length) {
    reporter.log('warn', `left out ${count - logged.length} more values that are shared as widely`);
  }
}
