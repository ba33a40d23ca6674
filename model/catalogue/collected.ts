/** What a collection brings back of a table: its definition, of which versions are kept, and its facts. */
import { z } from 'zod';

/** Type of the job that collects. */
export const metadataCollectionType = 'metadata-collection';

export const tableKinds = ['table', 'view', 'materializedView', 'foreignTable', 'file'] as const;
export type TableKind = (typeof tableKinds)[number];

export const columnDefinitionSchema = z.object({
  name: z.string(),
  /** As the source names it. */
  type: z.string(),
  comment: z.string().nullable(),
  /** Null: the source does not say. */
  nullable: z.boolean().nullable(),
  default: z.string().nullable(),
});
export type ColumnDefinition = z.infer<typeof columnDefinitionSchema>;

export const indexDefinitionSchema = z.object({
  name: z.string(),
  /** Names of columns, or expressions. */
  columns: z.array(z.string()),
  unique: z.boolean(),
});
export type IndexDefinition = z.infer<typeof indexDefinitionSchema>;

export const foreignKeySchema = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  /** `schema.table` in the same source. */
  references: z.string(),
  referencedColumns: z.array(z.string()),
});
export type ForeignKey = z.infer<typeof foreignKeySchema>;

export const tableDefinitionSchema = z.object({
  kind: z.enum(tableKinds),
  comment: z.string().nullable(),
  columns: z.array(columnDefinitionSchema),
  primaryKey: z.array(z.string()),
  /** In order of their names, as foreign keys are. */
  indexes: z.array(indexDefinitionSchema),
  foreignKeys: z.array(foreignKeySchema),
  /** By what it is partitioned, as the source writes it; null: it is not. */
  partitionedBy: z.string().nullable(),
});
export type TableDefinition = z.infer<typeof tableDefinitionSchema>;

/** What changes all the time: only the latest is kept. */
export const tableFactsSchema = z.object({
  rows: z.number().nullable(),
  /** False: the source estimates them. */
  rowsExact: z.boolean(),
  bytes: z.number().nullable(),
  /** When rows or definition were changed last; null: the source does not say. */
  changedAt: z.string().nullable(),
  partitionCount: z.number().int().nullable(),
  /** Names of partitions, the last ones of many. */
  partitions: z.array(z.string()),
});
export type TableFacts = z.infer<typeof tableFactsSchema>;

/** Most names of partitions that are kept. */
export const mostPartitionNames = 100;

export interface CollectedTable {
  schema: string;
  table: string;
  definition: TableDefinition;
  facts: TableFacts;
}

/** What has to be known of a table to look at its values. */
export interface TableOutline {
  /** `connection.schema.table` */
  name: string;
  schema: string;
  table: string;
  kind: TableKind;
  columns: { name: string; type: string; comment: string | null }[];
  rows: number | null;
}

/** A table that a source knows and cannot tell about. */
export interface UnreadTable {
  schema: string;
  table: string;
  /** One sentence. */
  error: string;
}

/**
 * A definition with all of its parts in the one order in which they are kept: equal ones are equal
 * as JSON.
 */
export function definitionOf(
  parts: Partial<TableDefinition> & Pick<TableDefinition, 'kind' | 'columns'>,
): TableDefinition {
  const byName = (one: { name: string }, other: { name: string }) =>
    one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
  return {
    kind: parts.kind,
    comment: textOrNone(parts.comment),
    columns: parts.columns.map((column) => ({
      name: column.name,
      type: column.type,
      comment: textOrNone(column.comment),
      nullable: column.nullable,
      default: textOrNone(column.default),
    })),
    primaryKey: [...(parts.primaryKey ?? [])],
    indexes: (parts.indexes ?? [])
      .map(({ name, columns, unique }) => ({ name, columns: [...columns], unique }))
      .toSorted(byName),
    foreignKeys: (parts.foreignKeys ?? [])
      .map(({ name, columns, references, referencedColumns }) => ({
        name,
        columns: [...columns],
        references,
        referencedColumns: [...referencedColumns],
      }))
      .toSorted(byName),
    partitionedBy: textOrNone(parts.partitionedBy),
  };
}

/** Facts of which the source says only some. */
export function factsOf(parts: Partial<TableFacts>): TableFacts {
  const partitions = parts.partitions ?? [];
  return {
    rows: parts.rows ?? null,
    rowsExact: parts.rowsExact ?? false,
    bytes: parts.bytes ?? null,
    changedAt: parts.changedAt ?? null,
    partitionCount: parts.partitionCount ?? null,
    partitions: partitions.slice(-mostPartitionNames),
  };
}

function textOrNone(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : text;
}
