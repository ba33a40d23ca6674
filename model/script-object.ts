/** Script objects: drafts with their settings, and what they become. */
import { z } from 'zod';
import { idSchema, noControlCharacters } from './fields';
import { directoryIdSchema, projectIdSchema, rootDirectory } from './project';
import { recurrenceSchema } from './recurrence';
import { scriptNameSchema } from './script-name';
import {
  maxParameters,
  parameterNameSchema,
  parameterValueSchema,
  scriptTextSchema,
} from './sync-script-config';
import { connectionNamePattern } from './table-name';
import { runPolicyFields, timezoneSchema } from './task';

export const environments = ['Dev', 'Prod'] as const;
export type Environment = (typeof environments)[number];

export const scheduleTypes = ['Recurring Task Node', 'Manual Task Node'] as const;
export type ScheduleType = (typeof scheduleTypes)[number];

/** `published`: it is in production; `submitted`: a version waits to be published. */
export const scriptStates = ['draft', 'submitted', 'published'] as const;
export type ScriptState = (typeof scriptStates)[number];

const maxDescription = 1_000;
const maxRemarks = 1_000;

/** A text that people write, of bounded length in characters as they count them. */
function prose(most: number) {
  return z.string().superRefine((text, context) => {
    const { length } = text.length <= most ? text : Array.from(text);
    if (length <= most) return;
    const message = `it has ${length} characters; at most ${most} are allowed`;
    context.addIssue({ code: 'custom', message });
  });
}

export const descriptionSchema = prose(maxDescription).meta({
  description: `At most ${maxDescription} characters`,
});

export const remarksSchema = prose(maxRemarks).meta({
  description: `What changed and why, at most ${maxRemarks} characters`,
});

const person = z.string().max(255).regex(noControlCharacters, 'no control characters are allowed');

const basicInformationFields = {
  developer: person.nullable().meta({ description: 'Who writes it; at first, its maker' }),
  operationOwner: person.nullable().meta({ description: 'Who looks after its runs' }),
  description: descriptionSchema,
};

const scheduleConfigurationFields = {
  scheduleType: z.enum(scheduleTypes),
  recurrence: recurrenceSchema.nullable().meta({
    description:
      'Schedule cycle of a `Recurring Task Node`, with its begin and end, and its logic: `mode`',
  }),
  timezone: timezoneSchema,
  paused: z.boolean().meta({ description: 'True: its due times are recorded and not run' }),
};

const dependsOnSchema = z
  .array(idSchema)
  .max(100, 'at most 100 are allowed')
  .refine((ids) => new Set(ids).size === ids.length, 'each may be named once')
  .meta({ description: 'Ids of scripts or tasks that come before' });

export const scheduleParametersSchema = z
  .array(z.strictObject({ name: parameterNameSchema, value: parameterValueSchema }))
  .max(maxParameters, `at most ${maxParameters} are allowed`)
  .superRefine((parameters, context) => {
    const names = parameters.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      const message = `the parameter ${name} is there twice`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    });
  })
  .meta({ description: 'Values that take the place of `${name}` in the script' });

const { timeout, rerunMode, rerunTimes, rerunInterval } = runPolicyFields;
const runConfigurationFields = { timeout, rerunMode, rerunTimes, rerunInterval };

/** The five parts of the schedule page. */
export const scriptConfigSchema = z.object({
  basicInformation: z.object(basicInformationFields),
  scheduleConfiguration: z.object(scheduleConfigurationFields),
  scheduleDependency: z.object({ dependsOn: z.array(z.string()) }),
  scheduleParameters: z.array(z.object({ name: z.string(), value: z.string() })),
  runConfiguration: z.object(runConfigurationFields),
});
export type ScriptConfig = z.infer<typeof scriptConfigSchema>;

/** Parts of an edit: what is not sent stays, lists are replaced whole. */
const configPatchFields = {
  basicInformation: z.strictObject(z.object(basicInformationFields).partial().shape).optional(),
  scheduleConfiguration: z
    .strictObject(z.object(scheduleConfigurationFields).partial().shape)
    .optional(),
  scheduleDependency: z.strictObject({ dependsOn: dependsOnSchema }).optional(),
  scheduleParameters: scheduleParametersSchema.optional(),
  runConfiguration: z.strictObject(z.object(runConfigurationFields).partial().shape).optional(),
};

const connectionName = z
  .string()
  .regex(connectionNamePattern, 'it must be the name of a connection');
const connectionType = z.string().min(1).max(63);

/** What the dialog `Create Offline Script` asks for. */
export const scriptInputSchema = z.strictObject({
  project: projectIdSchema,
  environment: z
    .enum(environments)
    .optional()
    .meta({ description: 'Needed in a project in `DevProd` mode; a `Basic` one has none' }),
  name: scriptNameSchema,
  scheduleType: z.enum(scheduleTypes),
  description: descriptionSchema.default(''),
  directory: directoryIdSchema.default(rootDirectory),
  sourceType: connectionType.meta({ examples: ['postgres'] }),
  source: connectionName.meta({ description: 'A connection that the caller may read' }),
  targetType: connectionType,
  target: connectionName.meta({ description: 'A connection that the caller may write' }),
});
export type ScriptInput = z.infer<typeof scriptInputSchema>;
export type ScriptOrigin = Pick<ScriptInput, 'sourceType' | 'source' | 'targetType' | 'target'>;

/** Body of `PATCH /scripts/{id}`. */
export const scriptPatchSchema = z.strictObject({
  name: scriptNameSchema.optional(),
  directory: directoryIdSchema.optional(),
  text: scriptTextSchema.optional().meta({ description: 'Kept exactly as typed, right or wrong' }),
  ...configPatchFields,
});
export type ScriptPatch = z.infer<typeof scriptPatchSchema>;

/** Body of `PUT /scripts/{id}`: the whole draft. */
export const scriptPutSchema = z.strictObject({
  name: scriptNameSchema,
  directory: directoryIdSchema.default(rootDirectory),
  text: scriptTextSchema,
  basicInformation: z.strictObject(basicInformationFields),
  scheduleConfiguration: z.strictObject(scheduleConfigurationFields),
  scheduleDependency: z.strictObject({ dependsOn: dependsOnSchema }),
  scheduleParameters: scheduleParametersSchema,
  runConfiguration: z.strictObject(runConfigurationFields),
});

const lineageTableSchema = z.object({
  table: z.string(),
  columns: z.array(z.string()).nullable().meta({ description: 'Null: which columns is not known' }),
});

/** What a script reads and writes, by table and column. */
export const lineageAnalysisSchema = z.object({
  reads: z.array(lineageTableSchema),
  writes: z.array(lineageTableSchema),
  complete: z.boolean().meta({ description: 'False: a query says what the parser does not know' }),
});
export type LineageAnalysis = z.infer<typeof lineageAnalysisSchema>;

export const checkNames = [
  'script',
  'parameters',
  'connections',
  'grants',
  'tables',
  'columns',
  'schedule',
  'dependencies',
  'timeout',
] as const;
export type CheckName = (typeof checkNames)[number];

export const scriptCheckSchema = z.object({
  name: z.enum(checkNames),
  status: z.enum(['pass', 'warning', 'failure']),
  messages: z.array(z.string()).meta({ description: 'What was found; empty where nothing was' }),
});
export type ScriptCheck = z.infer<typeof scriptCheckSchema>;

export const scriptProblemSchema = z.object({
  path: z.string(),
  message: z.string(),
  offset: z.number().int().meta({ description: 'From 0, in UTF-16 units' }),
  line: z.number().int(),
  column: z.number().int(),
  severity: z.enum(['error', 'warning']),
});

/** What a submission found. */
export const scriptAnalysisSchema = z.object({
  lineage: lineageAnalysisSchema,
  checks: z.array(scriptCheckSchema),
});
export type ScriptAnalysis = z.infer<typeof scriptAnalysisSchema>;

/** A script in a list. */
export const scriptRowSchema = z.object({
  id: z.string(),
  number: z.string().meta({ description: 'Shared by its tasks of both environments' }),
  project: z.string(),
  directory: z.string(),
  name: z.string(),
  environment: z.enum(environments).meta({ description: 'Of a `Basic` project always `Prod`' }),
  scheduleType: z.enum(scheduleTypes),
  description: z.string(),
  sourceType: z.string(),
  source: z.string(),
  targetType: z.string(),
  target: z.string(),
  state: z.enum(scriptStates),
  draftDiffers: z.boolean().meta({
    description: 'Whether the draft is not what was submitted last; true of what never was',
  }),
  submittedVersion: z.number().int().nullable(),
  publishedVersion: z.number().int().nullable(),
  devTaskId: z.string().nullable().meta({ description: 'Task of development, run by hand' }),
  prodTaskId: z.string().nullable().meta({ description: 'Task of production' }),
  createdBy: z.string(),
  createdAt: z.string(),
  updatedBy: z.string(),
  updatedAt: z.string(),
  version: z.number().int().meta({ description: 'Grows with every save; the ETag' }),
});
export type ScriptRow = z.infer<typeof scriptRowSchema>;

/** A script with its draft. */
export const scriptViewSchema = scriptRowSchema.extend({
  taskDiffers: z.array(z.string()).meta({
    description:
      'Settings of the task of production that are not as the script says: they were changed on the ' +
      'task itself, or the script was renamed, or something that it comes after was published anew. ' +
      'The next publication sets them to what the script says',
    examples: [['owner', 'runPolicy.timeout']],
  }),
  text: z.string(),
  ...scriptConfigSchema.shape,
});
export type ScriptView = z.infer<typeof scriptViewSchema>;

/** A version in a list. */
export const versionRowSchema = z.object({
  version: z.number().int(),
  remarks: z.string(),
  author: z.string().meta({ description: 'User whose grants it runs with' }),
  authorName: z.string(),
  createdAt: z.string(),
  submitted: z.boolean().meta({ description: 'Whether it was submitted last' }),
  published: z.boolean().meta({ description: 'Whether it is in production' }),
});
export type VersionRow = z.infer<typeof versionRowSchema>;

export const versionViewSchema = versionRowSchema.extend({
  text: z.string(),
  config: scriptConfigSchema,
  ...scriptAnalysisSchema.shape,
});
export type VersionView = z.infer<typeof versionViewSchema>;
