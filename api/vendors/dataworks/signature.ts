/** ACS3-HMAC-SHA256: what was signed, and whether it was signed with a secret. Pure. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { GatewayRefusal } from './refusals';

const algorithm = 'ACS3-HMAC-SHA256';

/** What a call may not leave out of its signature: who has seen it could change it. */
const alwaysSigned = [
  'x-acs-action',
  'x-acs-version',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-content-sha256',
];

/** A call as it came. */
export interface SignedCall {
  method: string;
  path: string;
  /** As in the URL, without the `?`. */
  query: string;
  /** Names and values in turn, as they came; values as Node reads them, a character a byte. */
  rawHeaders: readonly string[];
}

export interface Authorization {
  accessKeyId: string;
  /** Lower-case, as they were listed. */
  signedHeaders: string[];
  /** 64 hex characters. */
  signature: string;
}

/**
 * Reads the header `Authorization`.
 * @throws GatewayRefusal IncompleteSignature
 */
export function readAuthorization(text: string): Authorization {
  const [scheme, rest = ''] = text.trim().split(/\s+(.*)/s);
  if (scheme !== algorithm) {
    throw incomplete(`the scheme of Authorization must be ${algorithm}`);
  }
  const parts = new Map(
    rest.split(',').map((part) => {
      const [name = '', value = ''] = part.trim().split(/=(.*)/s);
      return [name, value] as const;
    }),
  );
  const accessKeyId = parts.get('Credential') ?? '';
  const signedHeaders = (parts.get('SignedHeaders') ?? '').toLowerCase().split(';');
  const signature = (parts.get('Signature') ?? '').toLowerCase();
  if (accessKeyId === '' || signedHeaders[0] === '') {
    throw incomplete('Authorization needs Credential, SignedHeaders and Signature');
  }
  if (!/^[0-9a-f]{64}$/.test(signature)) {
    throw incomplete('the Signature must have 64 hex characters');
  }
  const missing = alwaysSigned.filter((name) => !signedHeaders.includes(name));
  if (missing.length > 0) throw incomplete(`SignedHeaders must name ${missing.join(', ')}`);
  return { accessKeyId, signedHeaders, signature };
}

/**
 * Refuses what is signed in its parameters, as the vendor's older clients do.
 * @param query as in the URL, without the `?`
 * @throws GatewayRefusal IncompleteSignature saying which signature came and which one is taken
 */
export function refuseOlderSignature(query: string): void {
  const params = new URLSearchParams(query);
  if (!params.has('Signature')) return;
  const came = ['SignatureMethod', 'SignatureVersion'].map((name) => {
    return `${name} ${params.get(name) ?? 'not named'}`;
  });
  throw new GatewayRefusal(
    'IncompleteSignature',
    `The request is signed in its parameters (${came.join(', ')}); ` +
      `the signature that is taken is ${algorithm}, in the header Authorization.`,
  );
}

function incomplete(why: string): GatewayRefusal {
  return new GatewayRefusal('IncompleteSignature', `The request signature is incomplete: ${why}.`);
}

/**
 * @throws GatewayRefusal SignatureDoesNotMatch where the call is not the one that was signed
 * @param bodyDigest SHA-256 of the body as it came, as hex
 */
export function checkSignature(
  call: SignedCall,
  { signedHeaders, signature }: Authorization,
  secret: string,
  bodyDigest: string,
): void {
  const [named = ''] = headerValues(call, 'x-acs-content-sha256');
  if (!isSame(named.toLowerCase(), bodyDigest)) {
    throw new GatewayRefusal(
      'SignatureDoesNotMatch',
      'The body is not the one that x-acs-content-sha256 was made of.',
    );
  }
  const toSign = `${algorithm}\n${sha256(canonicalCall(call, signedHeaders, named))}`;
  const expected = createHmac('sha256', secret).update(toSign).digest('hex');
  if (isSame(signature, expected)) return;
  throw new GatewayRefusal(
    'SignatureDoesNotMatch',
    'The signature is not the one that the server makes of this call; ' +
      `the server's string to sign is ${JSON.stringify(toSign)}.`,
  );
}

/** The text whose digest is signed. */
export function canonicalCall(
  call: SignedCall,
  signedHeaders: readonly string[],
  bodyDigest: string,
): string {
  const names = [...new Set(signedHeaders)].sort();
  const headers = names.map((name) => `${name}:${signedValue(call, name)}\n`);
  return [
    call.method,
    call.path,
    canonicalQuery(call.query),
    headers.join(''),
    signedHeaders.join(';'),
    bodyDigest,
  ].join('\n');
}

/** A header as it was signed: other bytes that are signed alike have the same. */
export function signedValue(call: SignedCall, name: string): string {
  return headerValues(call, name).sort().join(',');
}

/** Decoded as a form, sorted by name, and encoded again by RFC 3986. */
function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .sort(([one], [other]) => compareCodePoints(one, other))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

function compareCodePoints(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Clients sign their text, and send it as UTF-8 or, where it can be, a byte a character. */
function headerValues({ rawHeaders }: SignedCall, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() === name) values.push(textOf(rawHeaders[index + 1]!));
  }
  return values;
}

function textOf(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return (text.includes('\ufffd') ? value : text).trim();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In a time that does not depend on where they differ. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)));
}
