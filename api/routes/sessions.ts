import { z } from 'zod';
import type { CallSession } from '../auth/authenticate';
import type { Caller } from '../../model/people';
import { publicRoute, route } from './route';
import { sessionShape, signInCodeShape } from './shapes';

const tags = ['Sessions'];

const credential = z.string().min(1, 'it must not be empty').max(100);

/** Strict, so that a body that names both, or neither, says so. */
const signInBody = z
  .strictObject({
    key: credential.optional().meta({ description: 'A key of the API' }),
    code: credential.optional().meta({
      description: 'Of a sign-in link, in place of a key; good for one time',
    }),
  })
  .superRefine(({ key, code }, context) => {
    if ((key === undefined) !== (code === undefined)) return;
    context.addIssue({ code: 'custom', path: ['key'], message: 'give either key or code' });
  })
  .transform(({ key, code = '' }) => (key === undefined ? { code } : { key }))
  .meta({ minProperties: 1, maxProperties: 1 });

export const sessionRoutes = [
  publicRoute({
    method: 'post',
    path: '/api/v1/session',
    tags,
    summary: 'Sign in, as a browser does',
    description:
      'The session is kept in an http-only cookie. It lasts while it is used every 12 hours, 30 days ' +
      'at most, and ends with the key. Calls that change something by it need its `csrfToken` in the ' +
      'header `X-CSRF-Token`.',
    body: signInBody,
    answer: sessionShape,
    errors: ['notAuthenticated', 'tooManySignIns', 'storeUnavailable'],
    handler: async ({ scheduling, body, address, setSession }) => {
      const { token, caller, ...session } = await scheduling.sessions.signIn(body, address);
      setSession(token);
      return shown(caller, session);
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/session',
    role: 'viewer',
    tags,
    summary: 'Who is signed in',
    answer: sessionShape,
    handler: ({ caller, session }) => Promise.resolve(shown(caller, session)),
  }),
  route({
    method: 'delete',
    path: '/api/v1/session',
    role: 'viewer',
    tags,
    summary: 'Sign out',
    description: 'Of a call with a key nothing is ended.',
    status: 204,
    handler: async ({ scheduling, caller, session, setSession }) => {
      if (session) await scheduling.sessions.signOut(caller, session.token);
      setSession(null);
    },
  }),
  route({
    method: 'post',
    path: '/api/v1/sign-in-codes',
    role: 'viewer',
    tags,
    summary: 'Make a link that signs in once, as whose key this is',
    description: 'Good for 10 minutes; the session that it begins ends with this key.',
    status: 201,
    answer: signInCodeShape,
    credentials: {
      strip: (body) => ({ ...(body as object), code: null, url: null }),
      restore: (kept) => Promise.resolve(kept),
    },
    handler: ({ scheduling, caller }) => scheduling.sessions.makeCode(caller),
  }),
];

function shown(
  { tenant, userId, name, role }: Caller,
  session: Pick<CallSession, 'csrfToken' | 'expiresAt'> | null,
) {
  const { csrfToken = null, expiresAt = null } = session ?? {};
  return { tenant, userId, name, role, csrfToken, expiresAt };
}
