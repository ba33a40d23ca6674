/** The catalogue as it is shown: what was collected, and what people have added. */
import { z } from 'zod';
import { noControlCharacters } from '../fields';
import { columnClassSchema } from './classify-schema';
import {
  columnDefinitionSchema,
  foreignKeySchema,
  indexDefinitionSchema,
  tableKinds,
} from './collected';
import { definitionChangeSchema } from './diff';
import { columnProfileSchema, profileMethods, withoutValues } from './profile';

const tagSchema = z
  .string()
  .trim()
  .min(1, 'a tag needs a character')
  .max(64, 'at most 64 characters are allowed')
  .regex(noControlCharacters, 'no control characters are allowed');

const tagsSchema = z
  .array(tagSchema)
  .max(50, 'at most 50 tags are allowed')
  .transform((tags) => [...new Set(tags)]);

/** Empty: none. */
const descriptionSchema = z
  .string()
  .trim()
  .max(10_000, 'at most 10,000 characters are allowed')
  .nullable()
  .transform((text) => text || null);

const columnEditSchema = z.strictObject({
  description: descriptionSchema.optional(),
  tags: tagsSchema.optional(),
});

/** What people change of a table; what is left out stays, null takes away. */
export const catalogueEditSchema = z.strictObject({
  description: descriptionSchema.optional(),
  owner: z
    .string()
    .trim()
    .max(255, 'at most 255 characters are allowed')
    .regex(noControlCharacters, 'no control characters are allowed')
    .nullable()
    .transform((text) => text || null)
    .optional(),
  tags: tagsSchema.optional(),
  /** By the names of columns. */
  columns: z.record(z.string().max(1_000), columnEditSchema).optional(),
});
export type CatalogueEdit = z.infer<typeof catalogueEditSchema>;

/** What people have said of a column. */
export interface ColumnNote {
  description: string | null;
  tags: string[];
}

/** A table of the catalogue, as lists show it. */
export const catalogueTableSchema = z.object({
  name: z.string(),
  connection: z.string(),
  schema: z.string(),
  table: z.string(),
  kind: z.enum(tableKinds),
  comment: z.string().nullable().meta({ description: 'As the source has it' }),
  description: z.string().nullable().meta({ description: 'As people have written it' }),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  classes: z.array(z.string()).meta({ description: 'Classes that its columns have' }),
  columnCount: z.number().int(),
  rows: z.number().nullable(),
  rowsExact: z.boolean().meta({ description: 'False: the source estimates its rows' }),
  bytes: z.number().nullable(),
  version: z.number().int().meta({ description: 'Of its definition; 1 at first' }),
  versionAt: z.string().meta({ description: 'When the collection ran that found it so' }),
  sourceChangedAt: z.string().nullable(),
  firstSeenAt: z.string(),
  collectedAt: z.string().meta({ description: 'By the latest collection that saw it' }),
  deletedAt: z.string().nullable().meta({ description: 'Since when it is gone from its source' }),
});
export type CatalogueTable = z.infer<typeof catalogueTableSchema>;

export const catalogueColumnSchema = columnDefinitionSchema.extend({
  description: z.string().nullable(),
  tags: z.array(z.string()),
  inPrimaryKey: z.boolean(),
  classes: z.array(columnClassSchema),
  profile: columnProfileSchema.nullable(),
});
export type CatalogueColumn = z.infer<typeof catalogueColumnSchema>;

export const catalogueTableWithColumnsSchema = catalogueTableSchema.extend({
  columns: z.array(catalogueColumnSchema),
  primaryKey: z.array(z.string()),
  indexes: z.array(indexDefinitionSchema),
  foreignKeys: z.array(foreignKeySchema),
  partitionedBy: z.string().nullable(),
  partitionCount: z.number().int().nullable(),
  partitions: z.array(z.string()).meta({ description: 'The last 100 of them' }),
  profile: z
    .object({ method: z.enum(profileMethods), at: z.string(), rows: z.number().nullable() })
    .nullable(),
});
export type CatalogueTableWithColumns = z.infer<typeof catalogueTableWithColumnsSchema>;

/** The table as one sees it who may not read from its connection: what it is, and counts alone. */
export function withoutValuesOf(table: CatalogueTableWithColumns): CatalogueTableWithColumns {
  const columns = table.columns.map(({ profile, ...column }) => ({
    ...column,
    // Why a value is not there stays as it was: others may see it.
    profile: profile && { ...withoutValues(profile), withheld: profile.withheld },
  }));
  return { ...table, columns };
}

export const versionEvents = ['added', 'changed', 'deleted', 'restored'] as const;
export type VersionEvent = (typeof versionEvents)[number];

export const tableVersionSchema = z.object({
  version: z.number().int(),
  event: z.enum(versionEvents),
  at: z.string(),
  taskId: z.string().nullable().meta({ description: 'Task whose run collected it' }),
  runId: z.string().nullable(),
  changes: z
    .array(definitionChangeSchema)
    .meta({ description: 'Against the version before it, or the one that was asked for' }),
});
export type TableVersion = z.infer<typeof tableVersionSchema>;

/** By what lists are narrowed; null: it does not matter. */
export interface CatalogueFilter {
  connection: string | null;
  schema: string | null;
  kind: string | null;
  class: string | null;
  tag: string | null;
  owner: string | null;
  /** Null: both those that are there and those that are gone. */
  deleted: boolean | null;
}

/** A table that a question finds, with the columns that it asks for. */
export const catalogueHitSchema = catalogueTableSchema.extend({
  matchingColumns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      comment: z.string().nullable(),
      description: z.string().nullable(),
    }),
  ),
});
export type CatalogueHit = z.infer<typeof catalogueHitSchema>;
