/**
 * `SDK-HMAC-SHA256`, by which the vendor's SDKs sign: an HMAC over method, path, query, the headers
 * that it lists and a hash of the body. Pure: who has which secret is for others to say.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { TablegateError } from '../../../model/errors';

const algorithm = 'SDK-HMAC-SHA256';

/** How far the date of a request may be from the server's. */
const longestSkewMs = 15 * 60_000;

/** What must be among the signed headers: without it a request could be sent later. */
const alwaysSigned = 'x-sdk-date';

export interface SignedRequest {
  method: string;
  /** Path and query as they came; before them scheme and host, where the request named them. */
  url: string;
  /** Each header with the values that came, apart, as `headersDistinct` has them. */
  headers: Record<string, string[] | undefined>;
}

export interface Signature {
  accessKeyId: string;
  signedHeaders: string[];
  /** 64 hex characters. */
  signature: string;
}

/** True where the header is one of this algorithm, good or not. */
export function isSignature(authorization: string): boolean {
  return authorization.startsWith(`${algorithm} `);
}

/**
 * Reads the header, and looks at all that needs no secret.
 * @param now in ms
 * @throws TablegateError notAuthenticated saying what is wrong
 */
export function readSignature(
  authorization: string,
  { headers }: Pick<SignedRequest, 'headers'>,
  now: number,
): Signature {
  const { Access = '', SignedHeaders = '', Signature = '' } = partsOf(authorization);
  if (!/^[\x21-\x7e]{1,64}$/.test(Access)) throw wrong('Access has to be an access key');
  if (!/^[0-9a-f]{64}$/i.test(Signature)) throw wrong('Signature has to be 64 hex characters');
  const signedHeaders = SignedHeaders.toLowerCase().split(';');
  if (!signedHeaders.includes(alwaysSigned))
    throw wrong(`SignedHeaders has to list ${alwaysSigned}`);
  for (const name of signedHeaders) {
    const values = headers[name];
    if (values?.length !== 1) {
      const what = values === undefined ? 'is not there' : 'is there more than once';
      throw wrong(`the signed header "${name}" ${what}`);
    }
  }
  checkDate(headers['x-sdk-date']![0]!, now);
  return { accessKeyId: Access, signedHeaders, signature: Signature.toLowerCase() };
}

/** `Access=…, SignedHeaders=…, Signature=…`, in any order. */
function partsOf(authorization: string): Record<string, string> {
  const list = authorization.slice(algorithm.length).split(',');
  return Object.fromEntries(
    list.map((part) => {
      const [name = '', ...value] = part.trim().split('=');
      return [name, value.join('=')];
    }),
  );
}

const datePattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

function checkDate(text: string, now: number): void {
  const [, year, month, day, hour, minute, second] = datePattern.exec(trimmed(text)) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at)) throw wrong('X-Sdk-Date has to be written 20260414T000000Z, in UTC');
  if (Math.abs(at - now) <= longestSkewMs) return;
  const here = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  throw wrong(`X-Sdk-Date is more than 15 minutes from the time here, ${here}; set the clock`);
}

/**
 * Looks whether the request is the one that was signed, in a time that does not depend on where a
 * wrong signature differs.
 * @param secret of the access key; null: there is no such key, which is told by the same words
 * @throws TablegateError notAuthenticated
 */
export function checkSignature(
  request: SignedRequest,
  body: Buffer,
  { signedHeaders, signature }: Signature,
  secret: string | null,
): void {
  const canonical = canonicalRequest(request, body, signedHeaders);
  const date = trimmed(request.headers['x-sdk-date']![0]!);
  const toSign = `${algorithm}\n${date}\n${sha256(Buffer.from(canonical, 'latin1'))}`;
  const made = createHmac('sha256', secret ?? '')
    .update(toSign)
    .digest();
  const isSame = timingSafeEqual(made, Buffer.from(signature, 'hex'));
  if (isSame && secret !== null) return;
  throw new TablegateError(
    'notAuthenticated',
    'The access key is not valid, or the signature is not that of this request: method, path, query, ' +
      'body and the signed headers have to arrive as they were signed',
  );
}

/**
 * What is signed, each byte as one character: headers are in UTF-8, which Node reads byte by byte.
 * @throws TablegateError notAuthenticated for a body that is not part of the signature
 */
export function canonicalRequest(
  { method, url, headers }: SignedRequest,
  body: Buffer,
  signedHeaders: readonly string[],
): string {
  const [path, query] = splitAt(url.replace(/^https?:\/\/[^/?]*/i, ''), '?');
  const lines = signedHeaders.map((name) => `${name}:${trimmed(headers[name]?.[0] ?? '')}\n`);
  return [
    method.toUpperCase(),
    canonicalPath(path),
    canonicalQuery(query),
    lines.join(''),
    signedHeaders.join(';'),
    bodyHash(headers, body),
  ].join('\n');
}

/** Decoded as a whole, then encoded part by part: an encoded slash counts as one. */
function canonicalPath(path: string): string {
  const parts = decodeURIComponent(path).split('/').map(encode).join('/');
  return parts.endsWith('/') ? parts : `${parts}/`;
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map((pair) =>
    pair.map((text) => Buffer.from(text)),
  );
  pairs.sort(([one, value], [other, otherValue]) => {
    return Buffer.compare(one!, other!) || Buffer.compare(value!, otherValue!);
  });
  return pairs.map((pair) => pair.map((text) => encode(text.toString())).join('=')).join('&');
}

/** RFC 3986, by which all but letters, digits and `-._~` is encoded. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => {
    return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

/** A client may name the hash of the body itself; it has to be the body's. */
function bodyHash(headers: SignedRequest['headers'], body: Buffer): string {
  const hash = sha256(body);
  const named = headers['x-sdk-content-sha256']?.[0];
  if (named === undefined || trimmed(named) === hash) return hash;
  throw wrong('X-Sdk-Content-Sha256 is not the hash of the body, which has to be signed');
}

/** Without blanks around it; other white space may be part of a character. */
function trimmed(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function splitAt(text: string, sign: string): [string, string] {
  const at = text.indexOf(sign);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function wrong(what: string): TablegateError {
  return new TablegateError('notAuthenticated', `The signature cannot be checked: ${what}`);
}
