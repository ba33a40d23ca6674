/** Trigger URLs in the OpenAPI document. */
import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { idempotencyKeyText, plainText, scheduleTimeText } from '../../routes/fields';

const answerShape = z
  .object({
    data: z.string().nullable().meta({ description: 'The text "true" for a call that was taken' }),
    errorCode: z.string().nullable(),
    errorDesc: z.string().nullable(),
    exStack: z.null(),
    opers: z.array(z.unknown()).max(0),
    solution: z.string().nullable(),
    success: z.boolean(),
    traceId: z.string().meta({ description: 'The receipt: finds this call in the ledger' }),
  })
  .meta({ id: 'TriggerAnswer', description: 'Compact, the keys always in this order' });

const description = `Says that a table has arrived. No key is needed: the token is one. The body of a
POST is ignored, whatever it is. Taken calls are on disk in Temporal when they are answered; a call
that is ignored because the task is running is taken too, and the ledger says so. HEAD, OPTIONS and
all other methods answer 405 and trigger nothing.`;

const headers = z.object({
  'X-Tablegate-Receipt': z.string(),
  'X-Tablegate-Outcome': z.enum(['counted', 'duplicate', 'ignored', 'started']).optional(),
  'X-Tablegate-Waiting-For': z.string().optional().meta({
    description: 'Tables that are missing, separated by commas, percent-encoded where need be',
  }),
  'X-Tablegate-Run': z.string().optional(),
});

const wait = plainText.optional().meta({
  description: '`outcome`: headers tell what became of the call, where the task answers within 5 s',
});

function describe(method: 'get' | 'post', dated: boolean): RouteConfig {
  const token = plainText.meta({ description: 'Of one table of one task' });
  const time = scheduleTimeText;
  const content = { 'application/json': { schema: answerShape } };
  const refused = (why: string) => ({ description: why, content });
  return {
    method,
    path: dated ? '/trigger/{token}/{scheduleTime}' : '/trigger/{token}',
    tags: ['Trigger URLs'],
    summary: dated ? 'Trigger for one schedule time' : 'Trigger',
    description,
    operationId: `${method}Trigger${dated ? 'Dated' : ''}`,
    'x-role': 'public',
    security: [],
    request: {
      params: dated ? z.object({ token, scheduleTime: time }) : z.object({ token }),
      query: dated ? z.object({ wait }) : z.object({ wait, scheduleTime: time.optional() }),
      headers: z.object({ 'Idempotency-Key': idempotencyKeyText.optional() }),
    },
    responses: {
      200: { description: 'Taken', headers, content },
      400: refused('`invalidInput`: the schedule time cannot be used'),
      404: refused('`triggerUrlRefused`: the one answer to every URL that is not valid'),
      405: refused('`methodNotAllowed`'),
      429: refused('`tooManyTriggers`: see `Retry-After`'),
      500: refused('`internal`'),
      503: refused('`temporalUnavailable`, `storeUnavailable`: not taken; see `Retry-After`'),
    },
  };
}

export const triggerUrlCalls: readonly RouteConfig[] = [
  describe('get', false),
  describe('post', false),
  describe('get', true),
  describe('post', true),
];
