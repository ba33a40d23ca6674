/** Refusals as RFC 9457 problems. */
import { z } from 'zod';
import { errorCatalogue, type ErrorCode, type TablegateError } from '../../model/errors';

export const problemMediaType = 'application/problem+json';

const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];

export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Where this kind of refusal is explained' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().meta({ description: 'One sentence on this case' }),
    code: z.enum(codes).meta({ description: 'What to tell refusals apart by; never renamed' }),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ examples: ['tables[1].name'] }),
          message: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'For bad input: each field that is wrong' }),
    traceId: z
      .string()
      .optional()
      .meta({ description: 'For `internal`: finds the fault in the log of the server' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;

/**
 * Words a refusal for the native API.
 * @param publicUrl base of the URL under which the code is explained
 * @param traceId given where the log has more on this one
 */
export function problemOf(refusal: TablegateError, publicUrl: string, traceId?: string): Problem {
  const { code, message, fields } = refusal;
  const { status, title } = errorCatalogue[code];
  return {
    type: `${publicUrl}/api/errors#${code}`,
    title,
    status,
    detail: message,
    code,
    ...(fields.length > 0 ? { errors: fields } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

const soonAgain = new Set<ErrorCode>(['tooManyTriggers', 'tooManyLookUps', 'requestInProgress']);

/** Seconds after which a call that was refused with this code may do better; null: no sooner or later. */
export function retryAfterSeconds(code: ErrorCode): number | null {
  if (soonAgain.has(code)) return 1;
  if (code === 'tooManySignIns') return 3;
  return errorCatalogue[code].status === 503 ? 5 : null;
}
