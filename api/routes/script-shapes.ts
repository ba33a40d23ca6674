/** What answers show of scripts, under the names that the OpenAPI document gives them. */
import { z } from 'zod';
import {
  scriptAnalysisSchema,
  scriptProblemSchema,
  scriptRowSchema,
  scriptViewSchema,
  versionRowSchema,
  versionViewSchema,
} from '../../model/script-object';
import { directoryShape, taskRowShape } from './shapes';

export const scriptShape = scriptViewSchema.meta({ id: 'Script' });
export const scriptRowShape = scriptRowSchema.meta({ id: 'ScriptRow' });
export const scriptVersionShape = versionViewSchema.meta({ id: 'ScriptVersion' });
export const scriptVersionRowShape = versionRowSchema.meta({ id: 'ScriptVersionRow' });

export const scriptAnalysisShape = scriptAnalysisSchema.meta({ id: 'ScriptAnalysis' });

export const scriptSubmissionShape = scriptAnalysisSchema
  .extend({ script: scriptShape, version: z.number().int() })
  .meta({ id: 'ScriptSubmission' });

export const scriptTreeShape = z
  .object({
    directories: z.array(directoryShape).meta({ description: 'By name; `parent` nests them' }),
    scripts: z.array(scriptRowShape).meta({ description: 'By name' }),
    truncated: z.boolean().meta({ description: 'True: there are more scripts than are shown' }),
  })
  .meta({ id: 'ScriptTree' });

export const scriptValidationShape = z
  .object({
    valid: z.boolean().meta({
      description: 'False where an error is among the problems, or a parameter is not set',
    }),
    problems: z.array(scriptProblemSchema.meta({ id: 'ScriptProblem' })),
    reads: z.array(z.string()),
    writes: z.array(z.string()),
    values: z.record(z.string(), z.string()).meta({ description: 'What the parameters come to' }),
    unresolved: z.array(z.string()).meta({ description: 'What the text names and nothing sets' }),
  })
  .meta({ id: 'ScriptValidation' });

export const parameterPreviewShape = z
  .object({
    scheduleTime: z.string().meta({ description: 'Of the next run, or the time that was named' }),
    timezone: z.string(),
    parameters: z.array(
      z.object({
        name: z.string(),
        value: z.string(),
        result: z.string().nullable().meta({ description: 'Null where it cannot be read' }),
        problem: z.string().nullable(),
      }),
    ),
    unresolved: z.array(z.string()).meta({ description: 'What the text names and nothing sets' }),
  })
  .meta({ id: 'ParameterPreview' });

const side = z.union([z.number().int(), z.literal('draft')]);

export const scriptDiffShape = z
  .object({
    from: side,
    to: side,
    hunks: z.array(
      z.object({
        fromLine: z.number().int(),
        toLine: z.number().int(),
        lines: z.array(z.object({ kind: z.enum(['same', 'removed', 'added']), text: z.string() })),
      }),
    ),
    unified: z
      .string()
      .meta({ description: 'The same as `diff -u` writes it; empty: no difference' }),
    settings: z.array(z.object({ path: z.string(), from: z.unknown(), to: z.unknown() })),
  })
  .meta({ id: 'ScriptDiff' });

export const operatedScriptShape = z
  .object({
    script: scriptRowShape,
    task: taskRowShape.nullable().meta({ description: 'Its task of production' }),
  })
  .meta({ id: 'OperatedScript' });

export const taskScriptShape = z
  .object({
    scriptId: z.string(),
    version: z.number().int(),
    isObject: z.boolean().meta({
      description: 'True: it belongs to a script of `/scripts`; false: it is the task’s own',
    }),
    text: z.string(),
    parameters: z.array(z.object({ name: z.string(), value: z.string() })),
    author: z.string(),
    authorName: z.string(),
    createdAt: z.string(),
  })
  .meta({ id: 'TaskScript' });
