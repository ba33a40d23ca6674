/** Who is asking: `X-Auth-Token`, or else a signature, or the session of a browser. */
import type { Request, Response } from 'express';
import type { Settings } from '../../../config';
import { TablegateError } from '../../../model/errors';
import type { Caller } from '../../../model/people';
import type { Scheduling } from '../../../scheduling/scheduling';
import { callerOfSession } from '../../auth/authenticate';
import { readBytes } from './body';
import { checkSignature, isSignature, readSignature } from './signature';

export interface Identified {
  caller: Caller;
  /** The only project that the token is for; null: it is for all, or there is none. */
  scope: string | null;
  /** The body, which was part of the signature; null: it has not been read. */
  body: Buffer | null;
}

/** How the audit names this surface. */
const via = 'DataArts';

/**
 * A token goes before a signature. The body of a stranger is read only where an access key that there
 * is might have signed it.
 * @throws TablegateError notAuthenticated; and what reading the body throws
 */
export async function identify(
  req: Request,
  res: Response,
  services: Pick<Scheduling, 'identity' | 'accessKeys' | 'people' | 'sessions'>,
  settings: Pick<Settings, 'publicUrl'>,
): Promise<Identified> {
  const { identity, accessKeys } = services;
  const token = req.get('x-auth-token');
  if (token) {
    const found = await identity.find(token);
    if (found === null) throw refused('The X-Auth-Token is not valid any more, or was never given');
    return { caller: { ...found.caller, via }, scope: found.project, body: null };
  }
  const { authorization } = req.headers;
  const signedIn =
    authorization === undefined ? await callerOfSession(req, services, settings) : null;
  if (signedIn) return { caller: { ...signedIn, via }, scope: null, body: null };
  if (authorization === undefined || !isSignature(authorization))
    throw refused('Nothing is signed');
  const headers = req.headersDistinct;
  const signature = readSignature(authorization, { headers }, Date.now());
  const found = await accessKeys.secretOf(signature.accessKeyId);
  const body = found === null ? Buffer.alloc(0) : await readBytes(req, res);
  const request = { method: req.method, url: req.originalUrl, headers };
  checkSignature(request, body, signature, found?.secret ?? null);
  await accessKeys.noteUse(signature.accessKeyId);
  return { caller: { ...found!.caller, via }, scope: null, body };
}

function refused(why: string): TablegateError {
  return new TablegateError(
    'notAuthenticated',
    `${why}: send the X-Subject-Token of \`POST /v3/auth/tokens\` as \`X-Auth-Token\`, or sign with an ` +
      'access key (SDK-HMAC-SHA256)',
  );
}
