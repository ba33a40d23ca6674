import { z } from 'zod';
import { TablegateError, type ErrorCode } from '../../model/errors';
import { listOf, listQuery, pageOf, versionText } from './fields';
import { route } from './route';
import { scriptDiffShape, scriptVersionRowShape, scriptVersionShape } from './script-shapes';
import { auditEntryShape } from './shapes';

const tags = ['Scripts'];
const notFound: ErrorCode[] = ['scriptNotFound', 'scriptVersionNotFound', 'projectClosed'];

const side = z
  .string()
  .regex(/^(draft|[1-9]\d{0,8})$/, 'it must be the number of a version, or draft')
  .transform((text) => (text === 'draft' ? ('draft' as const) : Number(text)))
  .meta({ type: 'string', pattern: '^(draft|[1-9][0-9]{0,8})$', examples: ['1', 'draft'] });

export const scriptVersionRoutes = [
  route({
    method: 'get',
    path: '/api/v1/scripts/{id}/versions',
    role: 'viewer',
    tags,
    summary: 'List what was submitted of a script, newest first, with remarks',
    query: listQuery({}),
    answer: listOf(scriptVersionRowShape),
    errors: ['scriptNotFound', 'projectClosed'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.scripts.versions.list(caller, params.id, pageOf(query)),
  }),
  route({
    method: 'get',
    path: '/api/v1/scripts/{id}/versions/{version}',
    role: 'viewer',
    tags,
    summary: 'Read a version with its text, settings, checks and lineage',
    answer: scriptVersionShape,
    errors: notFound,
    handler: ({ scheduling, caller, params }) =>
      scheduling.scripts.versions.get(caller, params.id, numberOf(params.version)),
  }),
  route({
    method: 'get',
    path: '/api/v1/scripts/{id}/versions:diff',
    role: 'viewer',
    tags,
    summary: 'What differs between two versions, or a version and the draft',
    query: z.strictObject({ from: side, to: side.default('draft') }),
    answer: scriptDiffShape,
    errors: notFound,
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.scripts.versions.diff(caller, params.id, query),
  }),
  route({
    method: 'get',
    path: '/api/v1/scripts/{id}/history',
    role: 'viewer',
    tags,
    summary: 'List who did what to a script, newest first: submissions with their remarks',
    query: listQuery({}),
    answer: listOf(auditEntryShape),
    errors: ['scriptNotFound', 'projectClosed'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.scripts.versions.history(caller, params.id, pageOf(query)),
  }),
];

function numberOf(text: string): number {
  if (versionText.test(text)) return Number(text);
  throw new TablegateError('scriptVersionNotFound', `There is no version ${text}.`);
}
