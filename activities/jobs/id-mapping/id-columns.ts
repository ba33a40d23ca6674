/** The columns of a table that hold IDs, as SQL. */
import type { DuckdbScan } from '../../../connectors/connector';
import { foldName } from '../../../connectors/sql-text';
import { JobError } from '../../../model/job-type';
import { rawSql } from './id-sql';
import type { SourceTable } from './messages';

/** A column of IDs. */
export interface IdColumn {
  idType: string;
  /** SQL of its text as a person would write it. */
  text: string;
}

/** @throws JobError naming a column that holds more than one value a row */
export function idColumnsOf(table: SourceTable, scan: DuckdbScan): IdColumn[] {
  const types = new Map(scan.columns.map(({ name, type }) => [foldName(name), type]));
  return table.idColumns.map(({ column, idType }) => {
    const type = types.get(foldName(column)) ?? 'VARCHAR';
    const text = rawSql(column, type);
    if (text === null) {
      throw new JobError(
        `${table.name}: the column "${column}" is of type ${type}; an ID column holds one value a row.`,
      );
    }
    return { idType, text };
  });
}

/** Names of the columns to be read, each once. */
export function columnNames(table: SourceTable): string[] {
  return [...new Set(table.idColumns.map((idColumn) => idColumn.column))];
}
