/** What a user sets for an `id-mapping` job, and the names that follow from it. */
import { z } from 'zod';
import { idTypesSchema, limitSchema } from '../../../model/id-rules';
import { idTypeSchema } from '../../../model/id-types';

const outputPattern = /^[^.\p{Cc}]{1,128}\.[^.\p{Cc}]{1,128}$/u;

export const idMappingConfigSchema = z.strictObject({
  analysisSource: z
    .string()
    .min(1)
    .default('analysis')
    .describe('Connection that the result is written into'),
  output: z
    .string()
    .regex(outputPattern, 'must be schema.table inside the analysis source')
    .refine((output) => !/^tablegate\./i.test(output), 'must not be in the schema tablegate')
    .refine(
      (output) => !/^(information_schema|pg_catalog)\./i.test(output),
      'must not be in information_schema or pg_catalog, which are schemas of the database itself',
    )
    .default('main.id_mapping_{number}')
    .describe('Table of the result, as schema.table; {number} stands for the number of the task'),
  maxSharedBy: limitSchema
    .default(1000)
    .describe(
      'A value that occurs with more distinct other values than this is left out; null: none is',
    ),
  priority: z
    .array(idTypeSchema)
    .max(100)
    .superRefine((types, context) => {
      for (const [place, idType] of types.entries()) {
        if (types.indexOf(idType) === place) continue;
        context.addIssue({ code: 'custom', path: [place], message: `${idType} is listed twice` });
      }
    })
    .default([])
    .describe(
      'ID types, the most telling first: where two contradict each other, the earlier wins',
    ),
  idTypes: idTypesSchema
    .prefault({})
    .describe('How IDs of a type are read, and which are left out, by the name of the type'),
});

export type IdMappingConfig = z.infer<typeof idMappingConfigSchema>;

/** The output of a task, as `schema.table`. */
export function outputOf(config: IdMappingConfig, taskNumber: string): string {
  return config.output.replaceAll('{number}', taskNumber);
}
