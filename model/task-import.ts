/** What a foreign system sends to keep its tasks in step here, and what it is answered. */
import { z } from 'zod';
import type { FieldError } from './errors';
import { noControlCharacters } from './fields';
import { taskInputSchema } from './task';

/** Most tasks of one call; with `removeMissing` a source has no more. */
export const maxImported = 1_000;

const shape = taskInputSchema.shape;

const name = z
  .string()
  .max(255, 'at most 255 characters are allowed')
  .regex(noControlCharacters, 'no control characters are allowed');

export const importedKinds = ['recurring', 'manual'] as const;

export const taskImportSchema = z.strictObject({
  externalId: name.min(1, 'the id in the system that it comes from is needed').meta({
    description: 'Its id in the system that it comes from, one in its source',
  }),
  name: shape.name,
  kind: z
    .enum(importedKinds, {
      message: `an imported task is one of: ${importedKinds.join(', ')}`,
    })
    .meta({ description: 'What starts it: its `recurrence`, or a person' }),
  tables: shape.tables,
  job: shape.job,
  description: shape.description,
  owner: shape.owner,
  tags: shape.tags,
  timezone: shape.timezone,
  recurrence: shape.recurrence,
  runPolicy: shape.runPolicy,
  runtimeResource: shape.runtimeResource,
  dataSource: shape.dataSource,
  notifications: shape.notifications,
  paused: z.boolean().default(false).meta({ description: 'Only the import pauses and resumes it' }),
});
export type TaskImport = z.infer<typeof taskImportSchema>;

export const importRequestSchema = z.strictObject({
  source: name.default('').meta({
    description: 'Name of the system that they come from; several keep apart by it',
  }),
  tasks: z
    .array(taskImportSchema)
    .max(maxImported, `at most ${maxImported} tasks are allowed in one call`)
    .superRefine((tasks, context) => {
      const seen = new Set<string>();
      tasks.forEach(({ externalId }, index) => {
        if (seen.has(externalId)) {
          const message = `${externalId} is listed twice; each task may be in a call once`;
          context.addIssue({ code: 'custom', path: [index, 'externalId'], message });
        }
        seen.add(externalId);
      });
    })
    .meta({
      description:
        'Each is made, or set to what is sent here; what is not sent of it goes back to its default',
    }),
  removeMissing: z.boolean().default(false).meta({
    description: 'True: tasks of the source that the call does not hold are removed',
  }),
  dryRun: z.boolean().default(false).meta({ description: 'True: only says what it would do' }),
});
export type ImportRequest = z.infer<typeof importRequestSchema>;

export const importActions = ['create', 'update', 'unchanged', 'remove'] as const;
export type ImportAction = (typeof importActions)[number];

export const importErrorSchema = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .meta({ description: 'The fields that are wrong, as in `tasks[3].tables[0]`' }),
});

/** What became, or would become, of one task. */
export const importItemSchema = z.object({
  externalId: z.string(),
  id: z
    .string()
    .meta({ description: 'Its id here; of one that was not made, the id it would get' }),
  action: z.enum(importActions),
  error: importErrorSchema
    .nullable()
    .meta({ description: 'Why it was not done; the others are done all the same. Null: it was' }),
});
export type ImportItem = Omit<z.infer<typeof importItemSchema>, 'error'> & {
  error: { code: string; detail: string; errors: FieldError[] } | null;
};

export const importResultSchema = z.object({
  dryRun: z.boolean(),
  counts: z
    .object({
      create: z.number().int(),
      update: z.number().int(),
      unchanged: z.number().int(),
      remove: z.number().int(),
      failed: z.number().int(),
    })
    .meta({ description: 'Each task once: what was not done is among `failed` alone' }),
  tasks: z
    .array(importItemSchema)
    .meta({ description: 'In the order sent; then those that the call did not hold' }),
});
export type ImportResult = { dryRun: boolean; tasks: ImportItem[] } & Pick<
  z.infer<typeof importResultSchema>,
  'counts'
>;
