/** Which codes the calls answer with; docs/dataarts.md lists the same. */
import { errorCatalogue, type ErrorCode } from '../../../model/errors';
import type { CollectionCall } from './calls';

const ofAll = [
  'invalidInput',
  'notAuthenticated',
  'csrfTokenWrong',
  'notAllowed',
  'projectClosed',
  'projectNotFound',
  'workspaceNotFound',
  'internal',
  'storeUnavailable',
] as const;

/** A signature is over a body, so that even a call that takes none may have one. */
const ofBodies = ['invalidJson', 'bodyTooLarge', 'unsupportedMediaType', 'requestTimeout'] as const;

/** What whoever calls something else below `/v3` is told. */
export const ofOtherPaths = ['routeNotFound', 'methodNotAllowed'] as const;

export function codesOfCall({ errors }: CollectionCall): ErrorCode[] {
  return [...new Set([...ofAll, ...ofBodies, ...errors])];
}

export const codesOfTokens: readonly ErrorCode[] = [
  ...(['invalidInput', ...ofBodies, 'notAuthenticated', 'projectClosed'] as const),
  ...(['projectNotFound'] as const),
  ...(['tooManySignIns', 'internal', 'storeUnavailable'] as const),
];

/** By status, each with what the codes mean. */
export function byStatus(codes: readonly ErrorCode[]): Map<number, string> {
  const found = new Map<number, string>();
  for (const code of codes) {
    const { status, title } = errorCatalogue[code];
    const before = found.get(status);
    found.set(status, `${before === undefined ? '' : `${before}; `}\`${code}\`: ${title}`);
  }
  return found;
}

export const codesOfProjects: readonly ErrorCode[] = [
  ...([...ofBodies, 'notAuthenticated', 'internal', 'storeUnavailable'] as const),
];
