/** Sessions of browsers: the cookie, what guards it, and who signs in. */
import type { Problem } from '../../api/errors/problem';
import { setSessionCookie } from '../../api/auth/session-cookie';
import { TablegateError } from '../../model/errors';
import { codeOf, csrfTokenOf, keyOf, sessionTokenOf } from '../support/fake-scheduling';
import { at, callerOf, taskId } from '../support/samples';
import { testApi, type TestApi } from '../support/test-api';

const path = '/api/v1/session';
const name = 'tablegate_session';
const cookieOf = (token: string) => `${name}=${token}`;
const signedIn = (api: TestApi, method: string, to: string, cookie: string) =>
  api.send(null, method, to).set('Cookie', cookie);

const shown = (role: 'viewer' | 'operator') => {
  const { tenant, userId, name: user } = callerOf(role);
  const session = { csrfToken: csrfTokenOf(role), expiresAt: at };
  return { tenant, userId, name: user, role, ...session };
};

test.each([
  ['a key', { key: keyOf('operator') }],
  ['a code', { code: codeOf('operator') }],
])('%s begins a session, whose token only the browser gets', async (_what, body) => {
  const api = testApi();
  const answer = await api.send(null, 'post', path).send(body);
  expect([answer.status, answer.body]).toEqual([200, shown('operator')]);
  expect(answer.headers['set-cookie']).toEqual([
    `${name}=${sessionTokenOf('operator')}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict`,
  ]);
  expect(answer.text).not.toContain(sessionTokenOf('operator'));
  const [credential, address] = api.callsOf('sessions.signIn')[0]!;
  expect(credential).toEqual(body);
  expect(address).toMatch(/127\.0\.0\.1$/);
});

test.each([
  ['http://gate.test:8080', 'tablegate_session_8080', false],
  ['https://gate.test', '__Host-tablegate_session', true],
  ['https://gate.test:8443', '__Host-tablegate_session_8443', true],
])('behind %s the cookie is called %s and is secure: %p', (publicUrl, expected, isSecure) => {
  const headers = new Map<string, string>();
  const res = { setHeader: (header: string, value: string) => headers.set(header, value) };
  setSessionCookie(res as never, 'token', { publicUrl });
  const cookie = headers.get('Set-Cookie')!;
  expect(cookie.startsWith(`${expected}=token; `)).toBe(true);
  expect(cookie.endsWith('; Secure')).toBe(isSecure);
});

test('a key that is not valid sets no cookie', async () => {
  const answer = await testApi().send(null, 'post', path).send({ key: 'nobody' });
  expect([answer.status, (answer.body as Problem).code]).toEqual([401, 'notAuthenticated']);
  expect(answer.headers).not.toHaveProperty('set-cookie');
});

test('who tries too many keys is told when to try again', async () => {
  const api = testApi();
  api.scheduling.sessions.signIn = () =>
    Promise.reject(new TablegateError('tooManySignIns', 'Too many'));
  const answer = await api.send(null, 'post', path).send({ key: 'nobody' });
  expect([answer.status, answer.headers['retry-after']]).toEqual([429, '3']);
});

test.each([[{}], [{ key: 'a', code: 'b' }]])('%j is told to name one of both', async (body) => {
  const answer = await testApi().send(null, 'post', path).send(body);
  expect((answer.body as Problem).errors).toEqual([
    { path: 'key', message: 'give either key or code' },
  ]);
});

test('a form of another site cannot sign anybody in', async () => {
  const answer = await testApi()
    .send(null, 'post', path)
    .type('form')
    .send({ key: keyOf('admin') });
  expect(answer.status).toBe(415);
});

test('the cookie says who is asking, among other cookies too', async () => {
  for (const cookie of ['', 'other=1; ']) {
    const sent = `${cookie}${cookieOf(sessionTokenOf('viewer'))}`;
    const answer = await signedIn(testApi(), 'get', path, sent);
    expect([answer.status, answer.body]).toEqual([200, shown('viewer')]);
  }
});

test('of a key there is no CSRF token to send, nor a session to end', async () => {
  const api = testApi();
  const answer = await api.send('viewer', 'get', path);
  expect(answer.body).toEqual({ ...shown('viewer'), csrfToken: null, expiresAt: null });
  expect((await api.send('viewer', 'delete', path)).status).toBe(204);
  expect(api.callsOf('sessions.signOut')).toEqual([]);
});

test.each([
  ['that has ended', cookieOf('x'.repeat(43))],
  ['of another form', cookieOf('short')],
  ['of another port', `${name}_9000=${sessionTokenOf('viewer')}`],
])('a session %s is 401', async (_case, cookie) => {
  const answer = await signedIn(testApi(), 'get', path, cookie);
  expect([answer.status, (answer.body as Problem).code]).toEqual([401, 'notAuthenticated']);
});

test('a key goes before a cookie', async () => {
  const answer = await signedIn(
    testApi(),
    'get',
    '/api/v1/me',
    cookieOf(sessionTokenOf('viewer')),
  ).set('Authorization', `Bearer ${keyOf('admin')}`);
  expect(answer.body).toEqual(callerOf('admin'));
});

describe('a call that changes something by the cookie', () => {
  const pause = `/api/v1/tasks/${taskId}:pause`;
  const cookie = cookieOf(sessionTokenOf('operator'));

  test.each([undefined, '', csrfTokenOf('viewer'), `${csrfTokenOf('operator')}x`])(
    'with the CSRF token %p is refused before anything is asked',
    async (token) => {
      const api = testApi();
      const request = signedIn(api, 'post', pause, cookie);
      const answer = await (token === undefined ? request : request.set('X-CSRF-Token', token));
      expect([answer.status, (answer.body as Problem).code]).toEqual([403, 'csrfTokenWrong']);
      expect(api.callsOf('tasks.pause')).toEqual([]);
    },
  );

  test('is taken with its CSRF token', async () => {
    const answer = await signedIn(testApi(), 'post', pause, cookie).set(
      'X-CSRF-Token',
      csrfTokenOf('operator'),
    );
    expect(answer.status).toBe(200);
  });

  test('needs the role all the same', async () => {
    const answer = await signedIn(testApi(), 'post', pause, cookieOf(sessionTokenOf('viewer'))).set(
      'X-CSRF-Token',
      csrfTokenOf('viewer'),
    );
    expect([answer.status, (answer.body as Problem).code]).toEqual([403, 'notAllowed']);
  });
});

test('signing out ends the session and takes the cookie back', async () => {
  const api = testApi();
  const token = sessionTokenOf('viewer');
  const answer = await signedIn(api, 'delete', path, cookieOf(token)).set(
    'X-CSRF-Token',
    csrfTokenOf('viewer'),
  );
  expect(answer.status).toBe(204);
  expect(answer.headers['set-cookie']?.[0]).toMatch(/^tablegate_session=; Max-Age=0; /);
  expect(api.callsOf('sessions.signOut')).toEqual([[callerOf('viewer'), token]]);
});

test('neither token, code nor key is in the log', async () => {
  const api = testApi();
  await api.send(null, 'post', path).send({ code: codeOf('admin') });
  await signedIn(api, 'get', path, cookieOf(sessionTokenOf('admin')));
  await api.send('admin', 'post', '/api/v1/sign-in-codes');
  for (const secret of [codeOf('admin'), sessionTokenOf('admin'), keyOf('admin')]) {
    expect(api.logged()).not.toContain(secret);
  }
  expect(api.logged()).toContain('/api/v1/sign-in-codes');
});
