/** Who calls: by an access key that signs, by a key of the API, or by the session of a browser. */
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Caller } from '../../../model/people';
import type { Scheduling } from '../../../scheduling/scheduling';
import type { Settings } from '../../../config';
import { callerOfSession } from '../../auth/authenticate';
import { GatewayRefusal } from './refusals';
import { checkSignature, readAuthorization, signedValue, type SignedCall } from './signature';

/** How far the date of a call may be from now. */
const dateMs = 15 * 60_000;
/**
 * How much longer than its date is good a nonce is kept: the body comes after the date was looked at,
 * and the clock of the store, which forgets nonces, may be ahead.
 */
const graceMs = 5 * 60_000;
const longestNonce = 128;

type Services = Pick<Scheduling, 'accessKeys' | 'people' | 'sessions'>;

/** Checks the rest, once the body is there. @returns who calls */
type BodyCheck = (body: Buffer) => Promise<Caller>;

/**
 * Checks all that is known before the body is read, which of a stranger is not.
 * @throws GatewayRefusal
 */
export async function authenticate(
  services: Services,
  req: Request,
  settings: Pick<Settings, 'publicUrl'>,
): Promise<BodyCheck> {
  const { authorization } = req.headers;
  if (authorization === undefined) {
    const caller = await callerOfSession(req, services, settings);
    if (caller !== null) return () => Promise.resolve(caller);
    throw new GatewayRefusal(
      'MissingAccessKeyId',
      'AccessKeyId is mandatory for this action: sign with an access key by ACS3-HMAC-SHA256, in the ' +
        'header Authorization; a signature in the parameters (SignatureVersion 1.0) is not taken.',
    );
  }
  const key = /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1];
  return key === undefined ? checkSigned(services, req, authorization) : checkKey(services, key);
}

/** A key of the API needs no signature, as everywhere here. */
async function checkKey({ people }: Services, key: string): Promise<BodyCheck> {
  const caller = await people.authenticate(key);
  if (!caller) throw new GatewayRefusal('InvalidBearerToken', 'The key is not valid.');
  return () => Promise.resolve(caller);
}

async function checkSigned(
  { accessKeys }: Services,
  req: Request,
  authorization: string,
): Promise<BodyCheck> {
  const signed = readAuthorization(authorization);
  const at = readDate(required(req, 'x-acs-date'), Date.now());
  required(req, 'x-acs-signature-nonce');
  required(req, 'x-acs-content-sha256');
  const { path, query } = targetOf(req);
  const call: SignedCall = { method: req.method, path, query, rawHeaders: req.rawHeaders };
  const nonce = signedValue(call, 'x-acs-signature-nonce');
  if (nonce.length > longestNonce) {
    throw new GatewayRefusal(
      'InvalidParameter',
      `x-acs-signature-nonce may have at most ${longestNonce} characters.`,
    );
  }
  const { accessKeyId } = signed;
  const found = await accessKeys.secretOf(accessKeyId);
  if (!found) {
    throw new GatewayRefusal(
      'InvalidAccessKeyId.NotFound',
      'Specified access key is not found: it was never made, or has been removed.',
    );
  }
  return async (body) => {
    checkSignature(call, signed, found.secret, createHash('sha256').update(body).digest('hex'));
    const expiresAt = new Date(at + dateMs + graceMs);
    if (!(await accessKeys.takeNonce(accessKeyId, nonce, expiresAt))) {
      throw new GatewayRefusal(
        'SignatureNonceUsed',
        'Specified signature nonce was used already: each call needs one of its own.',
      );
    }
    await accessKeys.noteUse(accessKeyId);
    return found.caller;
  };
}

function required(req: Request, name: string): string {
  const value = req.headers[name];
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new GatewayRefusal('MissingParameter', `The header ${name} is mandatory for this action.`);
}

/** @returns ms */
function readDate(text: string, now: number): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new GatewayRefusal(
      'InvalidTimeStamp.Format',
      'x-acs-date must be written yyyy-MM-ddTHH:mm:ssZ, in UTC.',
    );
  }
  if (Math.abs(at - now) <= dateMs) return at;
  throw new GatewayRefusal(
    'InvalidTimeStamp.Expired',
    `x-acs-date is more than 15 minutes from the time of the server, which is ${new Date(now).toISOString()}.`,
  );
}

/** Path and query as they came. */
export function targetOf({ originalUrl }: Request): { path: string; query: string } {
  const [path = '/', query = ''] = originalUrl.split(/\?(.*)/s);
  return { path, query };
}
