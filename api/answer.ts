/** How answers are written; nothing else of the API writes to a response. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { TablegateError } from '../model/errors';
import { problemMediaType, problemOf, retryAfterSeconds } from './errors/problem';

/**
 * Sends text. `res.send` is not used: it answers `If-None-Match` with 304, and the ETag of a task
 * does not change with its gate.
 */
export function sendText(res: Response, status: number, mediaType: string, text: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', mediaType);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', 'no-store');
  res.end(text);
}

/** Sends a value as JSON; a 204 goes without a body. */
export function sendJson(res: Response, status: number, body: unknown): void {
  if (status === 204) res.status(204).setHeader('Cache-Control', 'no-store').end();
  else sendText(res, status, 'application/json', JSON.stringify(body));
}

/** True for an answer that is made while it is sent. */
export function isInParts(body: unknown): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Sends an answer part by part, no faster than it is taken. One that breaks off ends broken. */
export async function sendParts(
  res: Response,
  mediaType: string,
  parts: AsyncIterable<string>,
): Promise<void> {
  res.statusCode = 200;
  res.setHeader('Content-Type', `${mediaType}; charset=utf-8`);
  res.setHeader('Cache-Control', 'no-store');
  await pipeline(Readable.from(parts), res);
}

/** Sends a refusal with the headers that belong to it. */
export function sendProblem(
  res: Response,
  refusal: TablegateError,
  publicUrl: string,
  traceId?: string,
): void {
  setRetryAfter(res, refusal);
  if (refusal.code === 'notAuthenticated') {
    res.setHeader('WWW-Authenticate', 'Bearer realm="tablegate"');
  }
  const problem = problemOf(refusal, publicUrl, traceId);
  sendText(res, problem.status, problemMediaType, JSON.stringify(problem));
}

export function setRetryAfter(res: Response, refusal: TablegateError): void {
  const seconds = retryAfterSeconds(refusal.code);
  if (seconds !== null) res.setHeader('Retry-After', seconds);
}
