/** What a user sets for a `metadata-collection` job: where it looks, and what it does with what it finds. */
import { z } from 'zod';
import { patternProblem } from '../../../model/catalogue/table-filter';

/** As many as one call may name. */
const mostNames = 10_000;
/** A name of each part at its longest, with the dot; a pattern may be as long. */
const longestEntry = 1_000;

const nameSchema = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => !/\p{Cc}/u.test(name), 'must not hold a control character');

const entrySchema = z
  .string()
  .min(1)
  .max(longestEntry)
  .refine((name) => !/\p{Cc}/u.test(name), 'must not hold a control character');

/** Any text: a value without a meaning of its own means both, or only to mark. */
const policySchema = z.string().max(64);

export const metadataCollectionConfigSchema = z
  .strictObject({
    connection: z
      .string()
      .max(255)
      .meta({ examples: ['crm'] })
      .describe('Connection whose tables are collected; it may come to be after the task'),
    databases: z
      .array(nameSchema)
      .max(mostNames)
      .default([])
      .describe('Databases (schemas) that are looked at; none named: all'),
    tables: z
      .array(entrySchema)
      .max(mostNames)
      .default([])
      .describe('Tables that are collected, as database.table; none named: all'),
    filterByRegex: z
      .boolean()
      .default(false)
      .describe('The entries of `tables` are regular expressions over the whole of database.table'),
    aliveObjectPolicy: policySchema
      .default('3')
      .describe(
        'What is in the source: "1" updates only what the catalogue knows, "2" adds only what it does not, any other does both',
      ),
    deletedObjectPolicy: policySchema
      .default('3')
      .describe(
        'What is gone from the source: "1" removes it from the catalogue, "2" leaves it there as it is, any other marks it as deleted',
      ),
    profile: z.boolean().default(false).describe('Collect what the values of columns are like'),
    classify: z
      .boolean()
      .default(false)
      .describe('Tell columns with phone numbers, addresses, card numbers and the like'),
    profileMode: z
      .enum(['fast', 'exact'])
      .default('fast')
      .describe('fast: by the statistics of the source or a sample; exact: by all rows'),
    dataSourceType: z
      .string()
      .max(255)
      .optional()
      .describe("Kind of source as a vendor's API names it; kept as sent"),
    author: z
      .string()
      .max(255)
      .optional()
      .describe('User whose grants it runs with: who saved the config last, whoever is named here'),
    projectId: z.string().max(255).optional().describe('Project that the task belongs to'),
  })
  .superRefine(({ filterByRegex, tables }, context) => {
    tables.forEach((entry, index) => {
      const problem = filterByRegex ? patternProblem(entry) : nameProblem(entry);
      if (problem === null) return;
      context.addIssue({ code: 'custom', path: ['tables', index], message: problem });
    });
  });

function nameProblem(entry: string): string | null {
  return /^[^.]+\../.test(entry) ? null : 'must be database.table';
}

export type MetadataCollectionConfig = z.infer<typeof metadataCollectionConfigSchema>;
