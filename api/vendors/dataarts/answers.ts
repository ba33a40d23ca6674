/** What DataArts' clients are answered: `{error_code, error_msg}` where they are refused. */
import type { Response } from 'express';
import { z } from 'zod';
import { errorCatalogue, type TablegateError } from '../../../model/errors';
import { writeExact } from '../../../model/exact-json';
import { sendText, setRetryAfter } from '../../answer';
import { wordsOf } from '../words-of';

export const refusalShape = z
  .object({
    error_code: z.string().meta({ description: 'See docs/dataarts.md; never renamed' }),
    error_msg: z.string().meta({ description: 'What is wrong, every field by its name' }),
  })
  .meta({ id: 'DataArtsRefusal' });

/** Sends a value of `model/exact-json.ts`. */
export function sendExact(res: Response, status: number, body: unknown): void {
  sendText(res, status, 'application/json', writeExact(body));
}

export function sendRefused(res: Response, refusal: TablegateError): void {
  setHeaders(res, refusal);
  const { code, status } = refusal;
  sendExact(res, status, { error_code: code, error_msg: wordsOf(refusal) });
}

/** The same in the words of the identity service's clients, too. */
export function sendIdentityRefused(res: Response, refusal: TablegateError): void {
  setHeaders(res, refusal);
  const { code, status } = refusal;
  const message = wordsOf(refusal);
  const { title } = errorCatalogue[code];
  sendExact(res, status, {
    ...{ error_code: code, error_msg: message },
    error: { code: status, title, message },
  });
}

function setHeaders(res: Response, refusal: TablegateError): void {
  setRetryAfter(res, refusal);
  if (refusal.status !== 401) return;
  res.setHeader('WWW-Authenticate', 'X-Auth-Token realm="tablegate", SDK-HMAC-SHA256');
}
