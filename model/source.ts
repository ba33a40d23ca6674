/** Connections and registered tables. */
import { z } from 'zod';
import { idTypeSchema } from './id-types';
import { connectionNamePattern } from './table-name';

export const connectionInputSchema = z.strictObject({
  name: z
    .string()
    .regex(connectionNamePattern, 'up to 63 letters, digits, _ and - are allowed')
    .meta({ examples: ['crm'] }),
  type: z.string().meta({ examples: ['files'] }),
  config: z.record(z.string(), z.unknown()),
});
export type ConnectionInput = z.infer<typeof connectionInputSchema>;

/** A connection as it is shown: `config` without its secrets. */
export const connectionViewSchema = z.object({
  name: z.string(),
  type: z.string(),
  config: z.record(z.string(), z.unknown()),
  mayRead: z.boolean().meta({ description: 'Whether the caller is granted to read from it' }),
  mayWrite: z.boolean().meta({ description: 'Whether the caller is granted to write to it' }),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type ConnectionView = z.infer<typeof connectionViewSchema>;

export const idMappingSchema = z.strictObject({
  columns: z
    .array(
      z.strictObject({
        column: z.string().min(1).max(255),
        idType: idTypeSchema,
      }),
    )
    .min(1, 'at least one column is needed')
    .max(100)
    .superRefine((columns, context) => {
      const seen = new Set<string>();
      columns.forEach(({ column }, index) => {
        if (seen.has(column)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'column'],
            message: `the column ${column} is listed twice`,
          });
        }
        seen.add(column);
      });
    }),
});
export type IdMapping = z.infer<typeof idMappingSchema>;

/** A registered table as it is shown. */
export const tableViewSchema = z.object({
  name: z.string(),
  connection: z.string(),
  schema: z.string(),
  table: z.string(),
  idMapping: idMappingSchema.nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type TableView = z.infer<typeof tableViewSchema>;
