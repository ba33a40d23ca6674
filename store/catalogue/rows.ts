/** Rows of the catalogue, and what they are shown as. */
import type {
  CatalogueColumn,
  CatalogueTable,
  CatalogueTableWithColumns,
} from '../../model/catalogue/catalogue';
import type { TableKind } from '../../model/catalogue/collected';
import type { Tables } from '../schema';
import type { Selectable } from 'kysely';

type Row = Selectable<Tables['catalog_tables']>;

export const tableColumns = [
  'name',
  'connection',
  'schema_name',
  'table_name',
  'kind',
  'comment',
  'column_count',
  'version',
  'facts',
  'class_names',
  'description',
  'owner',
  'tags',
  'first_seen_at',
  'version_at',
  'collected_at',
  'deleted_at',
] as const;

export const wholeColumns = [
  ...tableColumns,
  'definition',
  'profile',
  'classes',
  'column_notes',
] as const;

export type TableRow = Pick<Row, (typeof tableColumns)[number]>;
export type WholeRow = Pick<Row, (typeof wholeColumns)[number]>;

export function tableOf(row: TableRow): CatalogueTable {
  return {
    name: row.name,
    connection: row.connection,
    schema: row.schema_name,
    table: row.table_name,
    kind: row.kind as TableKind,
    comment: row.comment,
    description: row.description,
    owner: row.owner,
    tags: row.tags,
    classes: row.class_names,
    columnCount: row.column_count,
    rows: row.facts.rows,
    rowsExact: row.facts.rowsExact,
    bytes: row.facts.bytes,
    version: row.version,
    versionAt: row.version_at,
    sourceChangedAt: row.facts.changedAt,
    firstSeenAt: row.first_seen_at,
    collectedAt: row.collected_at,
    deletedAt: row.deleted_at,
  };
}

export function wholeTableOf(row: WholeRow): CatalogueTableWithColumns {
  const { definition, facts, profile } = row;
  return {
    ...tableOf(row),
    columns: columnsOf(row),
    primaryKey: definition.primaryKey,
    indexes: definition.indexes,
    foreignKeys: definition.foreignKeys,
    partitionedBy: definition.partitionedBy,
    partitionCount: facts.partitionCount,
    partitions: facts.partitions,
    profile: profile && { method: profile.method, at: profile.at, rows: profile.rows },
  };
}

function columnsOf({ definition, profile, classes, column_notes }: WholeRow): CatalogueColumn[] {
  return definition.columns.map((column) => ({
    ...column,
    description: own(column_notes, column.name)?.description ?? null,
    tags: own(column_notes, column.name)?.tags ?? [],
    inPrimaryKey: definition.primaryKey.includes(column.name),
    classes: own(classes, column.name) ?? [],
    profile: own(profile?.columns ?? {}, column.name) ?? null,
  }));
}

/** Columns may have any name, `constructor` too. */
export function own<Value>(values: Record<string, Value>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
