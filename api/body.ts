/** Bodies of native requests: JSON, of bounded size and depth, that every store can hold. */
import express, { type Request, type RequestHandler, type Response } from 'express';
import { TablegateError, type FieldError } from '../model/errors';
import { formatPath, invalidInput } from '../model/field-errors';
import { brokenBody } from './server/broken-bodies';

/** `application/merge-patch+json` and its like are JSON too. */
const jsonTypes = ['application/json', 'application/*+json'];

type JsonParser = ReturnType<typeof express.json>;

/** By the limit in bytes. */
const parsers = new Map<number, JsonParser>();

function parserFor(limit: number): JsonParser {
  const parser = parsers.get(limit) ?? express.json({ limit, strict: false, type: jsonTypes });
  parsers.set(limit, parser);
  return parser;
}

/** Deeper than any input of ours; what comes after may walk a body by recursion. */
const maxDepth = 50;

/**
 * Reads the body; to be called once the caller is known.
 * @param limit most bytes that it may have, unpacked
 * @returns the value sent; undefined where there is no body
 * @throws TablegateError unsupportedMediaType, invalidInput, requestTimeout, and what body-parser throws
 */
export async function readBody(req: Request, res: Response, limit: number): Promise<unknown> {
  if (!announcesBody(req)) return undefined;
  if (!req.is(jsonTypes)) {
    const sent = req.headers['content-type'];
    throw new TablegateError(
      'unsupportedMediaType',
      `The content type is ${sent ? `"${sent}"` : 'missing'}; it must be application/json`,
    );
  }
  await runParser(parserFor(limit), req, res);
  const body = req.body as unknown;
  requireStorable(body);
  return body;
}

/**
 * Runs a parser of Express, which leaves what it read in `req.body`.
 * @throws TablegateError requestTimeout, invalidInput where the body broke off; and what the parser
 *   throws
 */
export async function runParser(
  parser: RequestHandler,
  req: Request,
  res: Response,
): Promise<void> {
  if (req.aborted) throw brokenBody(req);
  await new Promise<void>((resolve, reject) => {
    // body-parser would wait for an end that does not come.
    req.once('aborted', () => reject(brokenBody(req)));
    void parser(req, res, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

function announcesBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

export const unstorableMessage = 'no NUL characters and no halves of surrogate pairs are allowed';

/** PostgreSQL holds no NUL and no half of a surrogate pair, in texts as in keys. */
export function requireStorable(body: unknown): void {
  const waiting: { value: unknown; path: PropertyKey[] }[] = [{ value: body, path: [] }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !isStorable(value)) throw unstorable(path);
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= maxDepth) {
      throw refuse({ path: '', message: `it may be nested at most ${maxDepth} levels deep` });
    }
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorable(key)) throw unstorable(path);
      // Of what is fine no path is made: a call may name a hundred thousand times.
      if (isFine(inner)) continue;
      waiting.push({ value: inner, path: [...path, Array.isArray(value) ? Number(key) : key] });
    }
  }
}

/** True where nothing is left to be looked at. */
function isFine(value: unknown): boolean {
  return typeof value === 'string'
    ? isStorable(value)
    : typeof value !== 'object' || value === null;
}

export function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}

function unstorable(path: PropertyKey[]): TablegateError {
  return refuse({ path: formatPath(path), message: unstorableMessage });
}

function refuse(field: FieldError): TablegateError {
  return invalidInput('body', [field]);
}
