import { z } from 'zod';
import { TablegateError } from '../../model/errors';
import { errorsPage } from '../docs/errors-page';
import { tryItPage } from '../docs/try-it-page';
import { listOf, wholeList } from './fields';
import type { StreamEvent } from '../../scheduling/scheduling';
import { publicRoute, route } from './route';
import { changeShape } from './shapes';

const tags = ['System'];
const okShape = z.object({ status: z.literal('ok') });
const anyObject = z.record(z.string(), z.unknown());

export const systemRoutes = [
  publicRoute({
    method: 'get',
    path: '/healthz',
    tags,
    summary: 'Whether the process answers at all',
    answer: okShape,
    handler: () => Promise.resolve({ status: 'ok' as const }),
  }),
  publicRoute({
    method: 'get',
    path: '/readyz',
    tags,
    summary: 'Whether a trigger would be served',
    answer: okShape,
    errors: ['temporalUnavailable', 'storeUnavailable', 'notReady'],
    handler: async ({ scheduling }) => {
      await scheduling.system.ready().catch(refuseUnready);
      return { status: 'ok' as const };
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/job-types',
    role: 'viewer',
    tags,
    summary: 'List the job types with the schema of their config',
    answer: listOf(
      z.object({
        type: z.string(),
        title: z.string(),
        needsIdMapping: z.boolean(),
        configSchema: anyObject.meta({ description: 'JSON Schema' }),
      }),
    ),
    handler: ({ scheduling }) =>
      Promise.resolve(wholeList({ items: scheduling.system.jobTypes() })),
  }),
  route({
    method: 'get',
    path: '/api/v1/events',
    role: 'viewer',
    tags,
    summary: 'Hear of what changes, as server-sent events',
    description:
      'First `ready`; `change` with what is described here as its data; `resync` where something may ' +
      'have been missed, so that everything is to be read again; `beat` every 15 seconds; `end` when ' +
      'the key or session has ended, or the server stops. Who comes back with `Last-Event-ID` gets ' +
      'what came meanwhile, or `resync`. Several changes of one thing within a moment are told once.',
    mediaType: 'text/event-stream',
    answer: changeShape,
    errors: ['tooManyStreams'],
    handler: ({ scheduling, caller }) =>
      Promise.resolve((lastId: string | null, listener: (event: StreamEvent) => void) =>
        scheduling.events.subscribe(caller, lastId, listener),
      ),
  }),
  publicRoute({
    method: 'get',
    path: '/api/openapi.json',
    tags,
    summary: 'This document',
    answer: anyObject,
    handler: (call) => Promise.resolve(call.document() as Record<string, unknown>),
  }),
  publicRoute({
    method: 'get',
    path: '/api/docs',
    tags,
    summary: 'A page to read about the calls and to try them',
    mediaType: 'text/html',
    answer: z.string(),
    handler: () => Promise.resolve(tryItPage),
  }),
  publicRoute({
    method: 'get',
    path: '/api/errors',
    tags,
    summary: 'A page that explains the `type` of each refusal',
    mediaType: 'text/html',
    answer: z.string(),
    handler: () => Promise.resolve(errorsPage),
  }),
];

/** Who asks for readiness wants 503 for whatever stands in its way. */
function refuseUnready(cause: unknown): never {
  if (cause instanceof TablegateError && cause.status === 503) throw cause;
  throw new TablegateError('notReady', 'Something that triggers need does not work', { cause });
}
