/** The OpenAPI document, made from the table of routes. */
import {
  OpenApiGeneratorV31,
  OpenAPIRegistry,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Settings } from '../../config';
import { tableNameSchema } from '../../model/task';
import { idempotencyKeyText, plainText, versionText } from '../routes/fields';
import { paramNames } from '../routes/path';
import type { Route } from '../routes/route';
import { bodyExamples } from './examples';
import { refusalResponses } from './refusals';
import { addSamples, type SdkSamples } from './with-samples';

const description = `Runs start when their tables have arrived or their time has come, and past times can be run
again. Refusals are
\`application/problem+json\` with a \`code\` (see \`/api/errors\`), and for bad input the path of every
field. Lists are \`{items, nextPageToken}\`. A call that creates or starts something takes an
\`Idempotency-Key\`: sent again with the same key, it is answered as the first time.`;

const paramDescriptions: Record<string, string> = {
  id: 'Its id',
  name: 'Its name',
  table: '`connection.schema.table`, percent-encoded',
  connection: 'Name of the connection',
  receipt: '`receipt` of the trigger call',
  runId: 'Id of the run',
  version: 'Number of the version, 1 at first',
  workspace: 'Id of the workspace',
  userId: 'Id of the user',
};

/** Those of which more is known than that they are texts. */
const paramTexts: Record<string, z.ZodString> = {
  table: tableNameSchema,
  version: z.string().regex(versionText),
};

/**
 * @param routes the native routes
 * @param more calls of vendor surfaces, described by themselves
 * @param sdks samples in vendors' SDKs
 */
export function openApiDocument(
  routes: readonly Route[],
  more: readonly RouteConfig[],
  settings: Pick<Settings, 'publicUrl'>,
  sdks: SdkSamples = {},
): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'tablegate_session',
    description:
      'Of `POST /api/v1/session`; its name goes on with the port, as in `tablegate_session_8080`',
  });
  for (const route of routes) registry.registerPath(describeRoute(route));
  for (const call of more) registry.registerPath(call);
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Tablegate', version: 'v1', description },
    servers: [
      { url: '/', description: 'The server that this document came from' },
      { url: settings.publicUrl },
    ],
  });
  const whole = JSON.parse(JSON.stringify(document, withoutFlags)) as { paths?: object };
  addSamples(whole, settings.publicUrl, sdks);
  return whole;
}

/** The generator writes `/u` behind a pattern; JSON Schema reads all patterns so, and `/u` as text. */
function withoutFlags(key: string, value: unknown): unknown {
  return key === 'pattern' && typeof value === 'string' ? value.replace(/\/u$/, '') : value;
}

function describeRoute(route: Route): RouteConfig {
  const { method, path, role, tags, summary } = route;
  const needs = role === 'public' ? 'Needs no key.' : `Needs the role \`${role}\`.`;
  return {
    method,
    path,
    tags,
    summary,
    description: route.description === null ? needs : `${route.description} ${needs}`,
    operationId: operationId(route),
    'x-role': role,
    security: role === 'public' ? [] : [{ key: [] }, { session: [] }],
    request: describeRequest(route),
    responses: { ...goodResponse(route), ...refusalResponses(route) },
  };
}

function describeRequest({ method, path, role, query, body, ifMatch }: Route) {
  const names = paramNames(path);
  const example = bodyExamples[`${method} ${path}`];
  const params = names.map((name) => {
    const text = paramTexts[name] ?? plainText;
    return [name, text.meta({ description: paramDescriptions[name] })] as const;
  });
  const headers = {
    ...(ifMatch ? { 'If-Match': ifMatchHeader } : {}),
    ...(method === 'post' && role !== 'public' ? { 'Idempotency-Key': idempotencyHeader } : {}),
  };
  return {
    query,
    ...(names.length > 0 ? { params: z.object(Object.fromEntries(params)) } : {}),
    ...(Object.keys(headers).length > 0 ? { headers: z.object(headers) } : {}),
    ...(body
      ? {
          body: {
            required: !body.safeParse(undefined).success,
            content: {
              'application/json': {
                schema: body,
                ...(example !== undefined && { example }),
              },
            },
          },
        }
      : {}),
  };
}

const ifMatchHeader = z
  .string()
  .optional()
  .meta({
    pattern: String.raw`^(\*|(W/)?"\d{1,15}")$`,
    examples: ['"3"'],
    description:
      'ETag of what is changed, as it was read; refused with 412 if it was changed meanwhile',
  });

const idempotencyHeader = idempotencyKeyText.optional().meta({
  description: 'At most 255 printable characters, kept for 24 hours',
});

function goodResponse({ answer }: Route): RouteConfig['responses'] {
  const { status, schema, mediaType, alsoCsv, etag, planned } = answer;
  return {
    ...(planned && {
      200: { description: 'The plan: `dryRun`', content: { [mediaType]: { schema: planned } } },
    }),
    [status]: {
      description: { 200: 'Done', 201: 'Created', 202: 'Taken', 204: 'Done' }[status],
      ...(etag ? { headers: z.object({ ETag: z.string() }) } : {}),
      ...(schema
        ? {
            content: {
              [mediaType]: { schema },
              ...(alsoCsv ? { 'text/csv': { schema: z.string() } } : {}),
            },
          }
        : {}),
    },
  };
}

/** `post /api/v1/tasks/{id}:pause` becomes `postTasksIdPause`. */
function operationId({ method, path }: Route): string {
  const words = path.replace('/api/v1', '').match(/[A-Za-z0-9]+/g) ?? [];
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}
