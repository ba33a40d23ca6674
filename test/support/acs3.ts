/** Signs calls by ACS3-HMAC-SHA256, for tests that send what no SDK sends. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import type request from 'supertest';
import { accessKeyIdOf, accessSecretOf } from './fake-scheduling';
import type { TestApi } from './test-api';

export interface Call {
  action?: string;
  method?: 'GET' | 'POST';
  /** In the order of its names. */
  query?: Record<string, string>;
  body?: string;
  contentType?: string;
  /** Headers in place of those that it would have; null: left out. */
  headers?: Record<string, string | null>;
  key?: { id: string; secret: string };
}

const ofDeveloper = { id: accessKeyIdOf('developer'), secret: accessSecretOf('developer') };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) =>
    `%${c.charCodeAt(0).toString(16)}`.toUpperCase(),
  );

/** Headers of a good call, signed as it is. */
export function signedHeaders(host: string, call: Call): Record<string, string> {
  const { method = 'POST', action = 'BatchUpdateTasks', query = {}, body = '' } = call;
  const { id, secret } = call.key ?? ofDeveloper;
  const all = {
    host,
    'x-acs-action': action,
    'x-acs-version': '2024-05-18',
    'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': sha256(body),
    'content-type': call.contentType ?? 'application/x-www-form-urlencoded',
    ...call.headers,
  };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  sent.sort(([one], [other]) => (one < other ? -1 : 1));
  const names = sent.map(([name]) => name).join(';');
  const canonical = [
    ...[method, '/'],
    Object.entries(query)
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .join('&'),
    sent.map(([name, value]) => `${name}:${value}\n`).join(''),
    ...[names, sha256(body)],
  ].join('\n');
  const signature = createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${names},Signature=${signature}`;
  return { ...Object.fromEntries(sent), authorization };
}

/** Sends a signed call to the API over a fake service; `change` may spoil it after it was signed. */
export function send(
  api: TestApi,
  call: Call,
  change: (sent: { headers: Record<string, string>; body: string }) => void = () => undefined,
): request.Test {
  const sent = { headers: signedHeaders('gate.test', call), body: call.body ?? '' };
  change(sent);
  const query = new URLSearchParams(call.query ?? {}).toString();
  const test = api.send(null, call.method ?? 'POST', query === '' ? '/' : `/?${query}`);
  test.set(sent.headers);
  return sent.body === '' ? test : test.send(sent.body);
}
