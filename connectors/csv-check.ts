/** Whether PostgreSQL would take the values of a CSV as they are: what it would round or cut is found here first. */
import type { TransferColumn, TransferType } from '../model/transfer-types';
import { queryRows, withEngine } from './duckdb-engine';
import { quoteIdentifier, quotePath, quoteText } from './sql-text';
import type { CsvText } from './transfer';

/** One thread: the other is the server's, which works at the same time. */
const limits = { threads: 1, memoryMiB: 256, spillDir: null };

/** @returns a condition that holds for values that stay as they are; null: all do */
function unchangedSql(cell: string, type: TransferType): string | null {
  const matches = (pattern: string) => `regexp_full_match(${cell}, ${quoteText(pattern)})`;
  const day = String.raw`\d{4}-\d{2}-\d{2}`;
  const clock = (digits: number) =>
    String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d${digits > 0 ? String.raw`(\.\d{1,${digits}})?` : ''})?`;
  const zone = String.raw`(Z|[+-]\d{2}(:?\d{2})?)?`;
  switch (type.kind) {
    case 'integer':
    case 'uuid':
    case 'json':
    case 'interval':
    case 'other':
    case 'bits':
      return null;
    case 'text':
      if (type.maxBytes !== null) return `strlen(${cell}) <= ${type.maxBytes}`;
      return type.maxCharacters === null ? null : `length(${cell}) <= ${type.maxCharacters}`;
    case 'decimal': {
      if (type.precision === null) return null;
      const places = type.scale ?? 0;
      return matches(String.raw`[+-]?\d*${places > 0 ? String.raw`(\.\d{0,${places}})?` : ''}`);
    }
    case 'float':
      return exactFloat(cell, type.bits, matches);
    case 'boolean':
      return matches('(?i)true|false|t|f|1|0');
    case 'date':
      return matches(day);
    case 'time':
      return matches(clock(type.digits) + (type.zone ? zone : ''));
    case 'timestamp':
      return matches(`${day}([ T]${clock(type.digits)}${type.zone ? zone : ''})?`);
    case 'bytes':
      return 'unknown';
  }
}

/** Few digits are kept, and so are as many as it takes to tell a number from its neighbours. */
function exactFloat(cell: string, bits: 32 | 64, matches: (pattern: string) => string): string {
  const few = matches(bits === 64 ? String.raw`[+-]?[\d.]{1,15}` : String.raw`[+-]?[\d.]{1,6}`);
  const shortest = `TRY_CAST(TRY_CAST(${cell} AS ${bits === 64 ? 'DOUBLE' : 'FLOAT'}) AS VARCHAR)`;
  return `(${few} OR ${cell} IS NOT DISTINCT FROM ${shortest})`;
}

/**
 * @param targets for each column of the files the one that it goes into; null: none
 * @returns false where a value would be changed, or may be, or the text is broken
 */
export async function staysAsItIs(
  csv: CsvText,
  targets: (TransferColumn | null)[],
  signal: AbortSignal,
): Promise<boolean> {
  const conditions = targets.flatMap((target, at) => {
    if (target === null) return [];
    const cell = quoteIdentifier(csv.columns[at]!);
    const condition = unchangedSql(cell, target.type);
    return condition === null ? [] : [{ cell, condition }];
  });
  if (conditions.some(({ condition }) => condition === 'unknown')) return false;
  if (conditions.length === 0) return true;
  const columns = csv.columns.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const relation = `read_csv(${[
    `[${csv.files.map(quotePath).join(', ')}]`,
    'auto_detect=false',
    `compression=${csv.gzip ? "'gzip'" : "'none'"}`,
    `delim=${quoteText(csv.delimiter)}`,
    `quote='"'`,
    `escape='"'`,
    `header=${csv.header}`,
    `columns={${columns}}`,
    `nullstr=[${quoteText(csv.nullText)}]`,
    'allow_quoted_nulls=false',
    'max_line_size=8388608',
    'buffer_size=16777216',
  ].join(', ')})`;
  const changed = conditions
    .map(({ cell, condition }) => `(${cell} IS NOT NULL AND NOT ${condition})`)
    .join(' OR ');
  return withEngine(':memory:', limits, signal, async (connection) => {
    const rows = await queryRows(connection, `SELECT 1 FROM ${relation} WHERE ${changed} LIMIT 1`);
    return rows.length === 0;
  }).catch(() => {
    signal.throwIfAborted();
    // Broken lines are told one by one by who reads them row by row.
    return false;
  });
}
