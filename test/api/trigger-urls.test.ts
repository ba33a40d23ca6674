/** Trigger URLs: what is sent to the service, and the eight keys that come back (QA-26 to QA-38). */
import type { Response } from 'supertest';
import { TablegateError, type ErrorCode } from '../../model/errors';
import { testApi, type TestApi } from '../support/test-api';

const token = 'tok3n-of-customers';
const url = `/trigger/${token}`;

function callsSeen(api: TestApi) {
  return api.callsOf('triggers.callUrl').map(([call]) => call as Record<string, unknown>);
}

function refusing(error: unknown): TestApi {
  const api = testApi();
  api.scheduling.triggers.callUrl = () => Promise.reject(error as Error);
  return api;
}

/** The eight keys in their order, on one line, as text. */
function expectRefusal({ text, headers }: Response, errorCode: ErrorCode): Record<string, unknown> {
  const body = JSON.parse(text) as Record<string, unknown>;
  expect(text).toBe(
    JSON.stringify({
      data: null,
      errorCode,
      errorDesc: body.errorDesc,
      exStack: null,
      opers: [],
      solution: body.solution,
      success: false,
      traceId: headers['x-tablegate-receipt'],
    }),
  );
  expect(body.errorDesc).toEqual(expect.stringMatching(/^[A-Z].+/));
  expect(body.solution).toEqual(expect.stringMatching(/^[A-Z].+/));
  return body;
}

test.each(['get', 'post'])('a bare %s is answered with the eight keys', async (method) => {
  const api = testApi();
  const answer = await api.send(null, method, url);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.headers['cache-control']).toBe('no-store');
  const receipt = answer.headers['x-tablegate-receipt'] as unknown as string;
  expect(receipt).toMatch(/^[0-9a-f]{30}$/);
  expect(answer.text).toBe(
    `{"data":"true","errorCode":null,"errorDesc":null,"exStack":null,"opers":[],"solution":null,"success":true,"traceId":"${receipt}"}`,
  );
  expect(callsSeen(api)).toEqual([
    {
      token,
      receipt,
      caller: expect.stringMatching(/^127\.0\.0\.1\b|^::1\b/),
      scheduleTime: null,
      idempotencyKey: null,
    },
  ]);
});

test('two calls have two trace ids', async () => {
  const api = testApi();
  const ids = [await api.send(null, 'get', url), await api.send(null, 'get', url)].map(
    ({ body }) => (body as { traceId: string }).traceId,
  );
  expect(new Set(ids).size).toBe(2);
});

test.each([
  ['JSON', 'application/json', '{}'],
  ['JSON that is none', 'application/json', '{"a":'],
  ['a form', 'application/x-www-form-urlencoded', 'a=%zz'],
  ['a charset that is none', 'text/plain; charset=klingon', 'x'],
  ['no type that is one', ';;;', 'x'],
  ['more than any JSON body may have', 'application/json', 'x'.repeat(5_000_000)],
])('a body of %s changes nothing', async (_case, type, body) => {
  const api = testApi();
  const answer = await api
    .send(null, 'post', url)
    .set('Content-Type', type)
    .serialize((raw: unknown) => raw as string)
    .send(body);
  expect([answer.status, (answer.body as { success: boolean }).success]).toEqual([200, true]);
  expect(callsSeen(api)).toHaveLength(1);
});

test.each(['head', 'options', 'put', 'patch', 'delete'])('%s triggers nothing', async (method) => {
  const api = testApi();
  const answer = await api.send(null, method, url);
  expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST']);
  expect(api.calls).toEqual([]);
});

test('another method is told so in the eight keys', async () => {
  expectRefusal(await testApi().send(null, 'put', url), 'methodNotAllowed');
});

test.each([
  [url, null],
  [`${url}/`, null],
  [`${url}/2026-03-01T02:30:00Z`, '2026-03-01T02:30:00Z'],
  [`${url}/2026-03-01T02:30:00Z/`, '2026-03-01T02:30:00Z'],
  [`${url}/2026-03-01%2002%3A30`, '2026-03-01 02:30'],
  [`${url}/2026-03-01T02:30:00+08:00`, '2026-03-01T02:30:00+08:00'],
  [`${url}?scheduleTime=2026-03-01T02:30:00%2B08:00`, '2026-03-01T02:30:00+08:00'],
  [`${url}?scheduleTime=2026-03-01T02:30:00+08:00`, '2026-03-01T02:30:00+08:00'],
  [`${url}?scheduleTime=2026-03-01T02:30:00.5%2008:00`, '2026-03-01T02:30:00.5+08:00'],
  [`${url}?scheduleTime=20260301T0230%200800`, '20260301T0230+0800'],
  [`${url}?scheduleTime=2026-03-01+02:30`, '2026-03-01 02:30'],
  [`${url}?scheduleTime=2026-03-01+02:30+08:00`, '2026-03-01 02:30+08:00'],
  [`${url}?scheduleTime=2026-03-01T02:30:00-05:00`, '2026-03-01T02:30:00-05:00'],
  [`${url}/2026-03-01T02:30Z?scheduleTime=2026-03-01T02:30Z`, '2026-03-01T02:30Z'],
  [`${url}?scheduleTime=`, ''],
  [`${url}?scheduleTime=yesterday`, 'yesterday'],
])('%s is a call for %p', async (called, scheduleTime) => {
  const api = testApi();
  expect((await api.send(null, 'get', called)).status).toBe(200);
  expect(callsSeen(api)).toEqual([expect.objectContaining({ token, scheduleTime })]);
});

test.each([
  `${url}/2026-03-01T02:30Z?scheduleTime=2026-03-02T02:30Z`,
  `${url}?scheduleTime=a&scheduleTime=b`,
  `${url}/%zz`,
])('%s contradicts itself or cannot be read: 400, nothing asked', async (called) => {
  const api = testApi();
  const answer = await api.send(null, 'get', called);
  expect(answer.status).toBe(400);
  expect(expectRefusal(answer, 'invalidInput').errorDesc).toContain('The schedule time: it is');
  expect(api.calls).toEqual([]);
});

test('a schedule time that the service refuses is told in its words', async () => {
  const api = refusing(new TablegateError('invalidInput', 'The schedule time "x" is no time'));
  const body = expectRefusal(await api.send(null, 'get', `${url}/x`), 'invalidInput');
  expect(body.errorDesc).toBe('The schedule time "x" is no time');
});

test('every token that is not valid gets one and the same 404', async () => {
  const api = refusing(new TablegateError('triggerUrlRefused', 'No token with this digest'));
  const urls = [
    '/trigger/nobody',
    '/trigger/',
    '/trigger',
    '/trigger//',
    '/trigger/%zz',
    '/trigger/a/b/c',
    `/trigger/${'x'.repeat(10_000)}`,
    '/trigger/..%2f..%2fetc',
    '/trigger/nobody?wait=outcome',
  ];
  const seen = new Set<string>();
  for (const called of urls) {
    const answer = await api.send(null, 'get', called);
    expect(answer.status).toBe(404);
    const { traceId, ...rest } = expectRefusal(answer, 'triggerUrlRefused');
    expect(traceId).toMatch(/^[0-9a-f]{30}$/);
    seen.add(JSON.stringify([rest, Object.keys(answer.headers).sort()]));
  }
  expect(seen.size).toBe(1);
});

test.each([
  ['tooManyTriggers', 429, '1'],
  ['temporalUnavailable', 503, '5'],
  ['storeUnavailable', 503, '5'],
] as const)('%s is %i with Retry-After, never a success', async (code, status, retryAfter) => {
  const answer = await refusing(new TablegateError(code, 'Not now')).send(null, 'get', url);
  expect([answer.status, answer.headers['retry-after']]).toEqual([status, retryAfter]);
  expect(expectRefusal(answer, code).errorDesc).toBe('Not now');
});

test('a fault that nobody expected is 500 in the eight keys, without its words', async () => {
  const api = refusing(new Error(`cannot look ${token} up`));
  const answer = await api.send(null, 'get', url);
  expect(answer.status).toBe(500);
  const { traceId } = expectRefusal(answer, 'internal');
  expect(answer.text).not.toContain('cannot look');
  const [line] = api
    .logged()
    .split('\n')
    .filter((one) => one.includes('"err"'));
  expect(line).toContain(traceId as string);
  expect(line).toContain('cannot look … up');
});

test('nothing is ever redirected', async () => {
  for (const called of [url, `${url}/`, '/trigger', `${url}/2026-03-01T02:30Z/`]) {
    expect((await testApi().send(null, 'get', called)).headers).not.toHaveProperty('location');
  }
});

test('the caller is told by address and agent, in at most 64 characters', async () => {
  const api = testApi();
  await api.send(null, 'get', url).set('User-Agent', 'curl/8.5.0');
  await api.send(null, 'get', url).set('User-Agent', `a\tb${'x'.repeat(200)}`);
  const [first, second] = callsSeen(api).map(({ caller }) => caller as string);
  expect(first).toMatch(/^(127\.0\.0\.1|::1) curl\/8\.5\.0$/);
  expect(second).toMatch(/^(127\.0\.0\.1|::1) abx+$/);
  expect(second).toHaveLength(64);
});

test('an Idempotency-Key is passed on; one that is none is refused', async () => {
  const api = testApi();
  await api.send(null, 'post', url).set('Idempotency-Key', 'load-2026-03-01');
  expect(callsSeen(api)[0]).toMatchObject({ idempotencyKey: 'load-2026-03-01' });
  const answer = await api.send(null, 'post', url).set('Idempotency-Key', 'k'.repeat(256));
  expect(answer.status).toBe(400);
  expectRefusal(answer, 'invalidInput');
  expect(callsSeen(api)).toHaveLength(1);
});
