import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { errorCatalogue, type ErrorCode } from '../../model/errors';
import { problemMediaType, problemSchema } from '../errors/problem';
import { roles } from '../../model/people';
import type { Route } from '../routes/route';

const ofBodies: readonly ErrorCode[] = [
  'invalidJson',
  'bodyTooLarge',
  'unsupportedMediaType',
  'requestTimeout',
];

/** Codes that a route may answer with: its own and those that come with what it takes. */
export function codesOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>(['invalidInput', ...route.errors, 'internal']);
  if (route.role !== 'public') codes.add('notAuthenticated').add('storeUnavailable');
  // The least of the roles is everybody's.
  if (route.role !== 'public' && route.role !== roles[0]) codes.add('notAllowed');
  if (route.body) for (const code of ofBodies) codes.add(code);
  if (route.role === 'public') return [...codes];
  if (route.method !== 'get') codes.add('csrfTokenWrong');
  if (route.method === 'post') codes.add('idempotencyKeyReused').add('requestInProgress');
  if (route.ifMatch) codes.add('staleVersion');
  return [...codes];
}

/** The refusals of a route in the document: one response a status, naming its codes. */
export function refusalResponses(route: Route): RouteConfig['responses'] {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(route)) {
    const { status } = errorCatalogue[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].title}`).join('; '),
        content: { [problemMediaType]: { schema: problemSchema } },
      },
    ]),
  );
}
