/** `Authorization`, and the headers that every answer has. */
import { TablegateError } from '../../model/errors';
import type { Problem } from '../../api/errors/problem';
import { keyOf } from '../support/fake-scheduling';
import { callerOf } from '../support/samples';
import { testApi } from '../support/test-api';

const me = '/api/v1/me';

test.each(['Bearer', 'bearer', 'BEARER'])('the scheme may be written %s', async (scheme) => {
  const answer = await testApi()
    .send(null, 'get', me)
    .set('Authorization', `${scheme} ${keyOf('operator')}`);
  expect(answer.body).toEqual(callerOf('operator'));
});

test.each([
  ['a key that nobody has', 'Bearer nobody'],
  ['a key by one character', `Bearer ${keyOf('admin')}x`],
  ['another scheme', `Basic ${keyOf('admin')}`],
  ['no scheme', keyOf('admin')],
  ['two keys', `Bearer ${keyOf('admin')} ${keyOf('admin')}`],
  ['nothing behind the scheme', 'Bearer '],
])('%s is 401', async (_case, authorization) => {
  const answer = await testApi().send(null, 'get', me).set('Authorization', authorization);
  expect([answer.status, (answer.body as Problem).code]).toEqual([401, 'notAuthenticated']);
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="tablegate"');
});

test('a key longer than any key is refused without asking', async () => {
  const api = testApi();
  const answer = await api.send(null, 'get', me).set('Authorization', `Bearer ${'k'.repeat(33)}`);
  expect(answer.status).toBe(401);
  expect(api.calls).toEqual([]);
});

test('a key that cannot be looked up is 503, not 401', async () => {
  const api = testApi();
  api.scheduling.people.authenticate = () =>
    Promise.reject(new TablegateError('storeUnavailable', 'PostgreSQL does not answer'));
  const answer = await api.send('admin', 'get', me);
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
});

test('a stranger is told so before anything else about the request', async () => {
  const answer = await testApi()
    .send(null, 'post', '/api/v1/tasks?surprise=1')
    .set('Content-Type', 'text/plain')
    .send('nonsense');
  expect(answer.status).toBe(401);
});

test('answers are not kept by caches, name no product, and forbid what pages need not', async () => {
  for (const path of [me, '/api/v1/nothing', '/healthz']) {
    const { headers } = await testApi().send('viewer', 'get', path);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    // Without HTTPS in front these two would break what they are to protect.
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
});
