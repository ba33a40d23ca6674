/** Aloudata's two calls in the OpenAPI document. */
import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { credentialTypes, maxCredential } from '../../../model/people';
import { callsPath, pointsSchema, rangeSchema } from './calls';

const answerShape = z
  .object({
    data: z.literal(true).nullable().meta({ description: 'True: the call was taken' }),
    success: z.boolean(),
    code: z.string().meta({ description: 'The HTTP status as text' }),
    errorMsg: z.string().nullable().meta({ description: 'What is wrong, every field by its name' }),
    detailErrorMsg: z.string().nullable().meta({
      description: 'The code of the refusal, which is never renamed, and where it is explained',
    }),
    traceId: z.string().meta({
      description:
        'Finds the call in the log; where one table was marked, its first 30 characters are the receipt',
    }),
  })
  .meta({ id: 'AloudataAnswer', description: 'Compact, the keys always in this order' });

const headers = z.object({
  'tenant-id': z.string().min(1).max(maxCredential).meta({ description: 'Id of the tenant' }),
  'auth-type': z.enum(credentialTypes).meta({
    description:
      '`TOKEN` and `APIKEY`: a key of the API. `UID` and `ACCOUNT`: id or account of a user for ' +
      'whom an admin set `identityTriggers`',
  }),
  'auth-value': z
    .string()
    .min(1)
    .max(maxCredential)
    .meta({ description: 'What belongs to `auth-type`' }),
});

const description = `As Aloudata CAN's clients call it. For each task that lists or reads the table
an instance that exists is rerun with everything downstream, and one that does not is made; the runs
go on after the answer. The body is read as JSON whatever its content type says, and fields that are
not known are ignored. Needs a user with at least the role \`operator\`.`;

function describe(
  name: string,
  summary: string,
  body: z.ZodType,
  example: Record<string, unknown>,
): RouteConfig {
  const content = { 'application/json': { schema: answerShape } };
  const refused = (why: string) => ({ description: why, content });
  return {
    method: 'post',
    path: `${callsPath}/${name}`,
    tags: ['Aloudata'],
    summary,
    description,
    operationId: name,
    'x-role': 'operator',
    security: [],
    request: {
      headers,
      body: { required: true, content: { 'application/json': { schema: body, example } } },
    },
    responses: {
      200: { description: 'Taken', content },
      400: refused('`invalidInput`, `invalidJson`: `errorMsg` names every field that is wrong'),
      401: refused('`notAuthenticated`: the one answer to every login that is not good'),
      403: refused('`notAllowed`: the owner of the key has a role below `operator`'),
      404: refused('`tableNotFound`: the table is neither registered nor in any task'),
      405: refused('`methodNotAllowed`'),
      408: refused('`requestTimeout`'),
      413: refused('`bodyTooLarge`'),
      415: refused('`unsupportedMediaType`: the body is packed or encoded in a way not known here'),
      429: refused('`tooManyTriggers`: see `Retry-After`'),
      500: refused('`internal`'),
      503: refused('`temporalUnavailable`, `storeUnavailable`, `workerUnavailable`: not taken'),
    },
  };
}

const exampleTable = { tableName: 'crm.main.customers', tenantId: 'default' };

export const aloudataCalls: readonly RouteConfig[] = [
  describe(
    'triggerTableTaskInstanceByScheduleTime',
    'Trigger a table at the schedule times that are named',
    pointsSchema(null),
    { ...exampleTable, scheduleTimes: ['2026-01-20 00:00:00'] },
  ),
  describe(
    'triggerTableTaskInstanceByScheduleTimeRange',
    'Trigger a table at all schedule times of a closed range',
    rangeSchema(null),
    { ...exampleTable, startTime: '2026-01-20 00:00:00', endTime: '2026-01-21 00:00:00' },
  ),
];
