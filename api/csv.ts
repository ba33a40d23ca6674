/** CSV for spreadsheets. */
import { csvCell } from '../model/csv-cell';

export function csvOf(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
