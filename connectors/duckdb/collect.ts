/** What a DuckDB file tells of its tables: five queries, however many there are. */
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  definitionOf,
  factsOf,
  type CollectedTable,
  type ForeignKey,
  type IndexDefinition,
} from '../../model/catalogue/collected';
import { slicesOf, type CatalogueSource, type CollectRequest } from '../collect';
import { queryRows, smallEngine, type EngineLimits } from '../duckdb-engine';
import { profileRelation, sampleValues, valuesEngine } from '../duckdb-values';
import { ownSchema } from '../fencing';
import { quoteName, quoteText } from '../sql-text';
import { takenOf } from '../taken';

/** Opens the file for one use; the scratch folder is where the engine may spill into. */
export type UseFile = <T>(
  how: { limits: EngineLimits; signal: AbortSignal },
  work: (connection: DuckDBConnection) => Promise<T>,
) => Promise<T>;

type Row = Record<string, unknown>;

export function duckdbCatalogue(use: UseFile): CatalogueSource {
  return {
    async *tables(request) {
      const { signal } = request;
      const tables = await use({ limits: smallEngine, signal }, (connection) =>
        readTables(connection, request),
      );
      yield* slicesOf(tables);
    },
    sample: ({ ref, columns, rows, scratchDir, signal }) =>
      use({ limits: valuesEngine(scratchDir), signal }, (connection) =>
        sampleValues(connection, quoteName('opened', ref.schema, ref.table), columns, rows),
      ),
    exactProfile: ({ ref, columns, scratchDir, signal }) =>
      use({ limits: valuesEngine(scratchDir), signal }, (connection) =>
        profileRelation(connection, quoteName('opened', ref.schema, ref.table), columns),
      ),
    statistics: () => null,
  };
}

async function readTables(
  connection: DuckDBConnection,
  { databases, takes, signal }: CollectRequest,
): Promise<CollectedTable[]> {
  const ask = (what: string, of: string, condition: string) =>
    queryRows(connection, `SELECT ${what} FROM ${of}() ${where(databases)} ${condition}`);
  const keyOf = (row: Row) => JSON.stringify([row.schema_name, row.table_name]);
  const tables = await ask(
    `schema_name, table_name, 'table' AS kind, comment, estimated_size::DOUBLE AS rows`,
    'duckdb_tables',
    'AND NOT internal AND NOT temporary',
  );
  const views = await ask(
    `schema_name, view_name AS table_name, 'view' AS kind, comment, NULL AS rows`,
    'duckdb_views',
    'AND NOT internal AND NOT temporary',
  );
  const columns = grouped(
    await ask(
      'schema_name, table_name, column_name, data_type, comment, is_nullable, column_default',
      'duckdb_columns',
      'AND NOT internal ORDER BY schema_name, table_name, column_index',
    ),
    keyOf,
  );
  const constraints = grouped(
    await ask(
      `schema_name, table_name, constraint_type, constraint_name, constraint_column_names,
        referenced_table, referenced_column_names`,
      'duckdb_constraints',
      `AND constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')`,
    ),
    keyOf,
  );
  const indexes = grouped(
    await ask(
      'schema_name, table_name, index_name, is_unique, expressions',
      'duckdb_indexes',
      'AND NOT is_primary',
    ),
    keyOf,
  );
  const takesRow = (row: Row) => takes(String(row.schema_name), String(row.table_name));
  const wanted = await takenOf([...tables, ...views], takesRow, signal);
  return wanted
    .map((row) => tableOf(row, keyOf(row), { columns, constraints, indexes }))
    .toSorted(byName);
}

function where(databases: string[] | null): string {
  const own = `database_name = 'opened' AND schema_name <> ${quoteText(ownSchema)}`;
  if (databases === null) return `WHERE ${own}`;
  const names = databases.map(quoteText).join(', ');
  return `WHERE ${own} AND ${names === '' ? 'false' : `schema_name IN (${names})`}`;
}

function grouped(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

function tableOf(
  row: Row,
  key: string,
  parts: Record<'columns' | 'constraints' | 'indexes', Map<string, Row[]>>,
): CollectedTable {
  const constraints = parts.constraints.get(key) ?? [];
  const ofType = (type: string) => constraints.filter((one) => one.constraint_type === type);
  const schema = String(row.schema_name);
  return {
    schema,
    table: String(row.table_name),
    definition: definitionOf({
      kind: row.kind === 'view' ? 'view' : 'table',
      comment: textOf(row.comment),
      columns: (parts.columns.get(key) ?? []).map((column) => ({
        name: String(column.column_name),
        type: String(column.data_type),
        comment: textOf(column.comment),
        nullable: row.kind === 'view' ? null : Boolean(column.is_nullable),
        default: textOf(column.column_default),
      })),
      primaryKey: ofType('PRIMARY KEY').flatMap((one) => textsOf(one.constraint_column_names)),
      indexes: [
        ...ofType('UNIQUE').map((one): IndexDefinition => ({
          name: String(one.constraint_name),
          columns: textsOf(one.constraint_column_names),
          unique: true,
        })),
        ...(parts.indexes.get(key) ?? []).map((one): IndexDefinition => ({
          name: String(one.index_name),
          columns: [String(one.expressions).replace(/^\[|\]$/g, '')],
          unique: Boolean(one.is_unique),
        })),
      ],
      foreignKeys: ofType('FOREIGN KEY').map((one): ForeignKey => ({
        name: String(one.constraint_name),
        columns: textsOf(one.constraint_column_names),
        references: `${schema}.${String(one.referenced_table)}`,
        referencedColumns: textsOf(one.referenced_column_names),
      })),
    }),
    facts: factsOf({ rows: row.rows === null ? null : Number(row.rows), rowsExact: false }),
  };
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function byName(one: CollectedTable, other: CollectedTable): number {
  const [a, b] = [`${one.schema}.${one.table}`, `${other.schema}.${other.table}`];
  return a < b ? -1 : a > b ? 1 : 0;
}
