/** What a call of a trigger URL says. */
import type { IncomingHttpHeaders } from 'node:http';
import { TablegateError } from '../../../model/errors';
import { readIdempotencyKey } from '../../idempotency';

export interface TriggerUrlCall {
  token: string;
  /** Text as sent; null for an undated call. */
  scheduleTime: string | null;
  idempotencyKey: string | null;
  waitForOutcome: boolean;
}

/** The one refusal of every URL that is not valid, whatever is wrong with it. */
function refuseUrl(): TablegateError {
  return new TablegateError('triggerUrlRefused', 'The trigger URL is not valid');
}

/**
 * @param url `/{token}` or `/{token}/{scheduleTime}` with its query, as it stands behind `/trigger`;
 * before it a scheme and host, where the request named them
 * @throws TablegateError triggerUrlRefused, invalidInput
 */
export function readCall(url: string, headers: IncomingHttpHeaders): TriggerUrlCall {
  const [path = '', ...search] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  const query = new URLSearchParams(search.join('?'));
  const [token, time, ...more] = path.replace(/^\/|\/$/g, '').split('/');
  if (!token || more.length > 0) throw refuseUrl();
  return {
    token,
    scheduleTime: readScheduleTime(time, query),
    idempotencyKey: readIdempotencyKey(headers['idempotency-key']?.toString()),
    waitForOutcome: query.get('wait') === 'outcome',
  };
}

function readScheduleTime(inPath: string | undefined, query: URLSearchParams): string | null {
  const named = [
    ...(inPath === undefined ? [] : [decoded(inPath)]),
    ...query.getAll('scheduleTime'),
  ].map(withPlus);
  const [time = null, ...others] = new Set(named);
  if (others.length > 0) throw badTime('it is given more than once, with different times');
  return time;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badTime('it is not percent-encoded UTF-8');
  }
}

/** In a query, `+08:00` that was not encoded arrives as ` 08:00`. */
function withPlus(time: string): string {
  return time.replace(/(?<=(?:\d:|T)\d\d[\d:.,]*) (?=\d\d(?::?\d\d)?$)/i, '+');
}

function badTime(message: string): TablegateError {
  return new TablegateError('invalidInput', `The schedule time: ${message}`, {
    fields: [{ path: 'scheduleTime', message }],
  });
}

/**
 * Who called, for the ledger.
 * @returns address and user agent, at most 64 characters
 */
export function callerText(address: string | undefined, userAgent: string | undefined): string {
  const from = (address ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
  return `${from} ${userAgent ?? ''}`
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 64);
}
