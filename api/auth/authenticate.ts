/** Who is asking: `Authorization: Bearer <key>`, or the cookie of a session. */
import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { Settings } from '../../config';
import { TablegateError } from '../../model/errors';
import { roleAllows, type Caller, type Role } from '../../model/people';
import type { PeopleService, Scheduling } from '../../scheduling/scheduling';
import { readSessionCookie } from './session-cookie';

/** A key has at most 32 characters; whatever is longer is not looked up. */
const bearerPattern = /^bearer +([\x21-\x7e]{1,32}) *$/i;

/** Methods that change nothing, which other sites may make a browser send. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The session that a call came by. */
export interface CallSession {
  token: string;
  csrfToken: string;
  expiresAt: string;
}

export interface Identity {
  caller: Caller;
  /** Null: it came with a key. */
  session: CallSession | null;
}

/**
 * A key goes before a cookie.
 * @throws TablegateError notAuthenticated, csrfTokenWrong, and what the look-up throws
 */
export async function authenticate(
  req: Request,
  { people, sessions }: Pick<Scheduling, 'people' | 'sessions'>,
  settings: Pick<Settings, 'publicUrl'>,
): Promise<Identity> {
  const { authorization } = req.headers;
  if (authorization !== undefined) {
    return { caller: await ownerOfKey(authorization, people), session: null };
  }
  const token = readSessionCookie(req, settings);
  if (token === null) {
    throw new TablegateError('notAuthenticated', 'Send `Authorization: Bearer <key>`');
  }
  const found = await sessions.find(token, { isUse: true });
  if (found === null) {
    throw new TablegateError('notAuthenticated', 'The session has ended; sign in again');
  }
  const { caller, csrfToken, expiresAt } = found;
  if (!safeMethods.has(req.method)) requireCsrfToken(req.get('x-csrf-token'), csrfToken);
  return { caller, session: { token, csrfToken, expiresAt } };
}

/**
 * Who is signed in, for calls of vendors' surfaces that programs sign: so they can be tried from a page.
 * @returns null where the request has no cookie of a session
 * @throws TablegateError notAuthenticated, csrfTokenWrong
 */
export async function callerOfSession(
  req: Request,
  services: Pick<Scheduling, 'people' | 'sessions'>,
  settings: Pick<Settings, 'publicUrl'>,
): Promise<Caller | null> {
  if (readSessionCookie(req, settings) === null) return null;
  return (await authenticate(req, services, settings)).caller;
}

async function ownerOfKey(authorization: string, people: PeopleService): Promise<Caller> {
  const key = bearerPattern.exec(authorization)?.[1];
  const caller = key === undefined ? null : await people.authenticate(key);
  if (caller) return caller;
  throw new TablegateError(
    'notAuthenticated',
    'The key is not valid; send `Authorization: Bearer <key>` with a key that has not been removed',
  );
}

/** Another site can make a browser send its cookie, but cannot read what has to go beside it. */
function requireCsrfToken(sent: string | undefined, wanted: string): void {
  const [one, other] = [Buffer.from(sent ?? ''), Buffer.from(wanted)];
  if (one.length === other.length && timingSafeEqual(one, other)) return;
  throw new TablegateError(
    'csrfTokenWrong',
    'Send the `csrfToken` of `GET /api/v1/session` in the header `X-CSRF-Token`',
  );
}

/** Whether whoever opened a stream may still read it: its key or session has not ended. */
export async function isStillAllowed(
  { session }: Pick<Identity, 'session'>,
  req: Request,
  { people, sessions }: Pick<Scheduling, 'people' | 'sessions'>,
): Promise<boolean> {
  // Nobody does anything for a stream that is open: it makes no session last longer.
  if (session) return (await sessions.find(session.token, { isUse: false })) !== null;
  const key = bearerPattern.exec(req.headers.authorization ?? '')?.[1];
  return key !== undefined && (await people.authenticate(key)) !== null;
}

/** @throws TablegateError notAllowed where the caller's role may not do what needs `role` */
export function requireRole(caller: Caller, role: Role): void {
  if (roleAllows(caller.role, role)) return;
  throw new TablegateError(
    'notAllowed',
    `This needs the role ${role}; ${caller.name} has the role ${caller.role}`,
  );
}
