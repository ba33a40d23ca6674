/** Bodies of DataArts' calls: JSON whatever their content type says, with numbers as they came. */
import express, { type Request, type Response } from 'express';
import { TablegateError } from '../../../model/errors';
import { parseExact } from '../../../model/exact-json';
import { requireStorable, runParser } from '../../body';

/** Most bytes of a body: a list may show a thousand tasks. */
const bodyLimit = 65_536;

/** Nothing is unpacked: what was signed is what was sent. */
const parseRaw = express.raw({ limit: bodyLimit, type: () => true, inflate: false });

/**
 * @returns the bytes sent
 * @throws TablegateError bodyTooLarge, requestTimeout; and what body-parser throws
 */
export async function readBytes(req: Request, res: Response): Promise<Buffer> {
  try {
    await runParser(parseRaw, req, res);
  } catch (error) {
    if ((error as { type?: unknown }).type !== 'entity.too.large') throw error;
    const message = `The body may have at most ${bodyLimit / 1024} KiB`;
    throw new TablegateError('bodyTooLarge', message);
  }
  return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
}

/**
 * @returns undefined where there is no body, otherwise a value of `model/exact-json.ts`
 * @throws TablegateError invalidJson, invalidInput
 */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const value = parse(bytes);
  requireStorable(value);
  return value;
}

function parse(bytes: Buffer): unknown {
  try {
    return parseExact(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deep' : wordsOf(error);
    throw new TablegateError('invalidJson', `The body is not JSON: ${why}`);
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof SyntaxError) return error.message;
  return 'it is not UTF-8';
}
