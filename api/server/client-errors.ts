/** Connections that do not speak HTTP, or too slowly: answered below Express, which never sees them. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { TablegateError } from '../../model/errors';
import { problemMediaType, problemOf } from '../errors/problem';
import { noteLate, requestTimeout } from './broken-bodies';
import type { ConnectionState, RequestTracker } from './track-requests';

type ClientError = Error & { code?: string };

/** A handler that waits longer than this for what will never come is given up. */
const graceMs = 30_000;

/**
 * What to do with a connection that broke the protocol. Answers that are under way are finished
 * first: a trigger that was taken is told so, whatever came behind it.
 */
export function answerClientErrors(tracker: RequestTracker, publicUrl: string) {
  return (error: ClientError, socket: Duplex): void => {
    const state = tracker.of(socket);
    if (state && state.open.size > 0) finishAnswers(state, socket, isTimeout(error));
    // Without an open answer, what broke may be the rest of a request that has its answer already.
    else if (state?.latest.complete === false || !socket.writable) socket.destroy();
    else socket.end(rawAnswer(refusalOfConnection(error), publicUrl));
  };
}

function finishAnswers({ open, latest }: ConnectionState, socket: Duplex, late: boolean): void {
  for (const res of open) {
    if (!res.headersSent) res.shouldKeepAlive = false;
    res.once('close', () => {
      if (open.size === 0) socket.destroy();
    });
  }
  // Whoever reads the body hears that no more will come; who ignores it is not disturbed.
  if (!latest.complete) {
    if (late) noteLate(latest);
    latest.aborted = true;
    latest.emit('aborted');
  }
  setTimeout(() => socket.destroy(), graceMs).unref();
}

function isTimeout({ code }: ClientError): boolean {
  return code === 'ERR_HTTP_REQUEST_TIMEOUT';
}

function refusalOfConnection(error: ClientError): TablegateError {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return new TablegateError('headersTooLarge', 'URL and headers may have at most 16 KiB');
  }
  if (isTimeout(error)) return requestTimeout();
  return new TablegateError('invalidInput', 'This is not a request of HTTP/1.1');
}

function rawAnswer(refusal: TablegateError, publicUrl: string): string {
  const body = JSON.stringify(problemOf(refusal, publicUrl));
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
