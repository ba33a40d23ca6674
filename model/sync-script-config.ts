/**
 * The config of jobs of type `sync-script`: the text as it is sent, and what a task keeps of it. The
 * text is stored as a version, so that no workflow holds it.
 */
import { z } from 'zod';
import { idSchema } from './fields';
import { maxScriptLength } from './script-schema';
import { parameterNamePattern, problemOfValue } from './schedule-parameters';
import type { ScriptParameter } from './script-version';

export const syncScriptType = 'sync-script';

/** Most parameters of a script, and most characters of the value of one. */
export const maxParameters = 100;
const maxParameterValue = 1_000;

export const parameterNameSchema = z
  .string()
  .regex(
    parameterNamePattern,
    'a letter or _ is wanted, then letters, digits, _, . and -, at most 64 together',
  );

export const parameterValueSchema = z
  .string()
  .max(maxParameterValue, `at most ${maxParameterValue} characters are allowed`)
  .superRefine((value, context) => {
    const message = problemOfValue(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

export const parametersSchema = z
  .record(parameterNameSchema, parameterValueSchema)
  .refine((parameters) => Object.keys(parameters).length <= maxParameters, {
    message: `at most ${maxParameters} parameters are allowed`,
  })
  .meta({
    description:
      'Values that take the place of `${name}` in the script: constant, or by time, as in ' +
      '`${yyyyMMdd}` and `$[yyyyMMdd -1]`',
  });

/** Length of a text in characters as people count them. */
export function codePoints(text: string): number {
  // No list of them is made where it cannot matter.
  return text.length <= maxScriptLength ? text.length : Array.from(text).length;
}

export const scriptTextSchema = z
  .string()
  .superRefine((text, context) => {
    const length = codePoints(text);
    if (length <= maxScriptLength) return;
    const message = `it has ${length} characters; at most ${maxScriptLength} are allowed`;
    context.addIssue({ code: 'custom', message });
  })
  .meta({ description: `JSON of a synchronization, at most ${maxScriptLength} characters` });

/** Number of a version; as many as their column holds. */
export const versionNumberSchema = z.number().int().min(1).max(999_999_999);

/** As a caller sends it. */
export const sentScriptSchema = z.strictObject({
  script: scriptTextSchema,
  parameters: parametersSchema.optional(),
});
export type SentScript = z.infer<typeof sentScriptSchema>;

/** As a task keeps it. */
export const storedScriptSchema = z.strictObject({
  scriptId: idSchema,
  version: versionNumberSchema,
  parameters: parametersSchema.optional(),
  reads: z.array(z.string()).default([]),
  writes: z.array(z.string()).default([]),
});
export type StoredScript = z.infer<typeof storedScriptSchema>;

/** A config as it is sent, or as a task shows it. */
export const syncScriptConfigSchema = z.union([sentScriptSchema, storedScriptSchema]);

/** Parameters as a config names them, in the form of those of a version. */
export function parameterList(parameters: Record<string, string> = {}): ScriptParameter[] {
  return Object.entries(parameters).map(([name, value]) => ({ name, value }));
}
