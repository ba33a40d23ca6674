/**
 * Bodies of the two calls. They are JSON whatever they are called: the vendor's curl lines send no
 * content type, and curl then says that it is a form.
 */
import express, { type Request, type Response } from 'express';
import { maxNamedTimes } from '../../../model/named-times';
import { TablegateError } from '../../../model/errors';
import { runParser } from '../../body';

/** Room for the most times that may be named, however they are indented. */
const bodyLimit = 8 * 1_048_576;

const parseRaw = express.raw({ limit: bodyLimit, type: () => true });

/**
 * @returns the value sent
 * @throws TablegateError invalidJson, bodyTooLarge, unsupportedMediaType, requestTimeout; and what
 *   body-parser throws
 */
export async function readJson(req: Request, res: Response): Promise<unknown> {
  await readRaw(req, res);
  const bytes = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const text = textOf(bytes, charsetOf(req.headers['content-type']));
  if (text.trim() === '') throw notJson('it is empty');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(error instanceof Error ? error.message : 'it cannot be read');
  }
}

async function readRaw(req: Request, res: Response): Promise<void> {
  try {
    await runParser(parseRaw, req, res);
  } catch (error) {
    if ((error as { type?: unknown }).type !== 'entity.too.large') throw error;
    const limit = `${bodyLimit / 1_048_576} MiB, and \`scheduleTimes\` at most ${maxNamedTimes} times`;
    throw new TablegateError('bodyTooLarge', `The body may have at most ${limit}`);
  }
}

function charsetOf(contentType: string | undefined): string {
  return /;\s*charset="?(?<name>[^\s";,]+)/i.exec(contentType ?? '')?.groups?.name ?? 'utf-8';
}

/** What is UTF-8 is read so: clients name charsets by habit. */
function textOf(bytes: Buffer, charset: string): string {
  const wide = wideCharsetOf(bytes, charset);
  const text = wide === null ? decoded(bytes, 'utf-8') : decoded(bytes, wide);
  const read = text ?? decoded(bytes, charset);
  if (read !== null) return read;
  const sentence = `The body is neither UTF-8 nor what its content type says (${charset})`;
  throw new TablegateError('unsupportedMediaType', sentence);
}

/** UTF-16, which may look like UTF-8, told by its mark or by its name. */
function wideCharsetOf(bytes: Buffer, charset: string): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return /^utf-?16/i.test(charset) ? charset : null;
}

/** Null for bytes or a charset that cannot be read; a mark at the begin is left out. */
function decoded(bytes: Buffer, charset: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function notJson(why: string): TablegateError {
  return new TablegateError('invalidJson', `The body is not JSON: ${why}`);
}
