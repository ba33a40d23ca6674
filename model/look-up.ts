/** Look-ups in the result of an ID mapping: who is behind an ID, and why two IDs are one user. */
import { z } from 'zod';
import type { ErrorCode } from './errors';

/** The job type whose results can be looked up. */
export const idMappingJobType = 'id-mapping';

const idSchema = z.object({
  idType: z.string(),
  value: z.string().meta({ description: 'Normalised, as in the result' }),
});
export type LookedUpId = z.infer<typeof idSchema>;

const tableRowsSchema = z.object({ table: z.string(), rows: z.number().int() });

const oneId = z.string().meta({ description: '`one_id` of the user' });
const runId = z.string().meta({ description: 'The run that wrote the result' });

export const lookedUpUserSchema = z.object({
  oneId,
  runId,
  idCount: z.number().int().meta({ description: 'All IDs of the user' }),
  truncated: z.boolean().meta({ description: 'True: there are more IDs or changes than listed' }),
  ids: z
    .array(
      idSchema.extend({
        firstTable: z.string().meta({ description: 'First table of the task that held it' }),
        tables: z
          .array(tableRowsSchema)
          .meta({ description: 'How many rows of which table hold it now' }),
      }),
    )
    .meta({ description: 'At most 1,000, those in most rows first' }),
  tables: z
    .array(tableRowsSchema)
    .meta({ description: 'How many rows of which table hold an ID of the user now' }),
  changes: z
    .array(
      z.object({
        change: z.string().meta({ description: '`new`, `kept`, `gone`, `merged` or `split`' }),
        oneId: z.string(),
        otherOneId: z.string().nullable(),
        ids: z.number().int().meta({ description: 'How many IDs it is about' }),
        runId: z.string(),
      }),
    )
    .meta({ description: 'What the run that wrote the result did to this user; at most 1,000' }),
});
export type LookedUpUser = z.infer<typeof lookedUpUserSchema>;

export const idChainSchema = z.object({
  oneId,
  runId,
  from: idSchema,
  to: idSchema,
  length: z.number().int().meta({ description: 'Links of the chain; 0: both are the same ID' }),
  truncated: z.boolean().meta({ description: 'True: only the first links are listed' }),
  links: z
    .array(
      z.object({
        table: z.string(),
        from: idSchema,
        to: idSchema,
        row: z
          .array(z.object({ column: z.string(), ...idSchema.shape }))
          .meta({ description: 'IDs of the user in one row that holds both' }),
        rows: z.number().int().meta({ description: 'Rows of the table that hold both' }),
      }),
    )
    .meta({ description: 'From `from` to `to`; at most 1,000' }),
});
export type IdChain = z.infer<typeof idChainSchema>;

/** What is asked; values as somebody writes them. */
export type LookUpQuestion =
  { about: 'user'; id: LookedUpId } | { about: 'chain'; from: LookedUpId; to: LookedUpId };

export type LookUpAnswer =
  | { kind: 'user'; user: LookedUpUser }
  | { kind: 'chain'; chain: IdChain }
  | { kind: 'refused'; code: ErrorCode; detail: string };

/** What the workflow of a look-up begins with: the task as it is now, and the question. */
export interface LookUpInput {
  tenant: string;
  taskId: string;
  taskNumber: string;
  tables: string[];
  /** Config of the job, as it is in the definition. */
  config: Record<string, unknown>;
  question: LookUpQuestion;
}
