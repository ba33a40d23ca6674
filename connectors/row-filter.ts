/** Conditions on the rows of a scan, as SQL. */
import type { RowFilter } from './connector';
import { quoteIdentifier, quoteText } from './sql-text';

/** The condition of a WHERE clause. */
export function conditionOf({ columns, texts }: RowFilter): string {
  const list = texts.map(quoteText).join(', ');
  return columns
    .map((column) => `CAST(${quoteIdentifier(column)} AS VARCHAR) IN (${list})`)
    .join(' OR ');
}

/** The relation with only these rows. */
export function filtered(relation: string, only: RowFilter | undefined): string {
  return only === undefined ? relation : `(SELECT * FROM ${relation} WHERE ${conditionOf(only)})`;
}
