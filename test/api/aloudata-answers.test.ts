/** Aloudata's two calls: what reaches the service, and the six keys that come back. */
import { TablegateError, type ErrorCode } from '../../model/errors';
import {
  bothCalls,
  byRange,
  byTime,
  call,
  pointsBody,
  rangeBody,
  refusalIn,
  taken,
  traceIdPattern,
  type SixKeys,
} from '../support/aloudata';
import { callerOf } from '../support/samples';
import { publicUrl, testApi, type TestApi } from '../support/test-api';

const bodyOf = ({ text }: { text: string }): SixKeys => JSON.parse(text) as SixKeys;

function refusing(error: unknown): TestApi {
  const api = testApi();
  api.scheduling.backfills.triggerTable = () => Promise.reject(error as Error);
  return api;
}

test.each(bothCalls)(
  'AC-01, AC-30: %s answers a good call with the six keys, compact and in their order',
  async (path) => {
    const answer = await call(testApi(), path);
    const { traceId } = bodyOf(answer);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).toBe(
      `{"data":true,"success":true,"code":"200","errorMsg":null,"detailErrorMsg":null,"traceId":"${traceId}"}`,
    );
  },
);

test('AC-02: the first call hands table and times to the service as they were sent', async () => {
  const api = testApi();
  const { traceId } = bodyOf(await call(api, byTime));
  expect(taken(api)).toEqual([
    [
      { table: pointsBody.tableName, times: pointsBody.scheduleTimes },
      { plainTimes: true, receipt: traceId.slice(0, 30) },
    ],
  ]);
});

test('AC-03: the second call hands table and range to the service as they were sent', async () => {
  const api = testApi();
  await call(api, byRange);
  const { tableName: table, startTime, endTime } = rangeBody;
  expect(taken(api)).toEqual([
    [{ table, times: { startTime, endTime } }, expect.objectContaining({ plainTimes: true })],
  ]);
});

test('the service is told who called, and by which surface', async () => {
  const api = testApi();
  await call(api, byTime);
  const [[caller]] = api.callsOf('backfills.triggerTable') as [[unknown]];
  expect(caller).toEqual({ ...callerOf('operator'), via: 'Aloudata' });
});

test('AC-31: each of many calls, good or refused, has a trace id of its own in the documented form', async () => {
  const api = testApi();
  const answers = [];
  for (const path of [...bothCalls, `${byTime}x`]) {
    for (const body of [undefined, '{']) answers.push(await call(api, path, { body }));
  }
  const ids = answers.map((answer) => bodyOf(answer).traceId);
  expect(ids.filter((id) => !traceIdPattern.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id.split('.')[0])).size).toBe(ids.length);
});

test.each(['get', 'head', 'put', 'patch', 'delete', 'options'])(
  'AC-02, AC-03: %s is refused on both paths and triggers nothing, whoever sends it',
  async (method) => {
    const api = testApi();
    for (const path of bothCalls) {
      const answer = await api.send('operator', method, path);
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
      if (method === 'head') continue;
      expect(refusalIn(answer, 405)).toContain(method.toUpperCase());
    }
    expect(api.calls).toEqual([]);
  },
);

test.each([
  '/anymetrics',
  '/anymetrics/',
  `${byTime}/x`,
  `${byTime}s`,
  byTime.toLowerCase(),
  '/anymetrics/api/v1/scheduler/task',
  '/anymetrics/%zz',
  `/anymetrics/${'x'.repeat(5000)}`,
])('AC-32: %.60s is no call: the six keys say so', async (path) => {
  const api = testApi();
  refusalIn(await call(api, path, { body: pointsBody }), 404);
  expect(api.calls).toEqual([]);
});

test('a slash at the end and a query change nothing', async () => {
  const api = testApi();
  for (const path of [`${byTime}/`, `${byTime}?tenantId=other`]) {
    expect((await call(api, path, { body: pointsBody })).status).toBe(200);
  }
  expect(taken(api)).toHaveLength(2);
});

test('AC-29: a table that the service does not know is refused in its words, which name it', async () => {
  const api = refusing(new TablegateError('tableNotFound', 'There is no table a.b.c.'));
  for (const path of bothCalls) {
    const answer = await call(api, path, {
      body: { ...pointsBody, ...rangeBody, tableName: 'a.b.c' },
    });
    expect(refusalIn(answer, 404)).toBe('There is no table a.b.c.');
    expect(bodyOf(answer).detailErrorMsg).toBe(
      `tableNotFound: ${publicUrl}/api/errors#tableNotFound`,
    );
  }
});

test('AC-32: what the service refuses is told with each field that it names', async () => {
  const fields = [
    { path: 'scheduleTimes[0]', message: 'the clocks skip it in Europe/Berlin' },
    { path: 'scheduleTimes[7]', message: 'it is more than a year ahead' },
  ];
  const api = refusing(new TablegateError('invalidInput', 'Two times', { fields }));
  expect(refusalIn(await call(api, byTime), 400)).toBe(
    '`scheduleTimes[0]`: the clocks skip it in Europe/Berlin; ' +
      '`scheduleTimes[7]`: it is more than a year ahead',
  );
});

test('the one field that is wrong is named, also where the sentence of the service does not', async () => {
  const message = '9999-12-31T23:59:59.000Z is more than a year ahead';
  const sentence = `The schedule time ${message}.`;
  const fields = [{ path: 'scheduleTimes[0]', message }];
  const api = refusing(new TablegateError('invalidInput', sentence, { fields }));
  expect(refusalIn(await call(api, byTime), 400)).toBe(`\`scheduleTimes[0]\`: ${message}`);
});

test.each([
  ['temporalUnavailable', 503, '5'],
  ['storeUnavailable', 503, '5'],
  ['tooManyTriggers', 429, '1'],
  ['tableNotFound', 404, undefined],
] as const)(
  'AC-32: %s is %i in the six keys, never a success',
  async (code, status, retryAfter) => {
    const answer = await call(refusing(new TablegateError(code as ErrorCode, 'Not now')), byTime);
    expect(refusalIn(answer, status)).toBe('Not now');
    expect(answer.headers['retry-after']).toBe(retryAfter);
  },
);

test('AC-32: a store that does not answer at the login is 503, and not a refused login', async () => {
  const api = testApi();
  const error = new TablegateError('storeUnavailable', 'The store does not answer');
  api.scheduling.people.authenticateTrigger = () => Promise.reject(error);
  refusalIn(await call(api, byTime), 503);
  expect(taken(api)).toEqual([]);
});

test('AC-32: a fault that nobody expected is 500 in the six keys, and its words stay in the log', async () => {
  const api = refusing(new Error('cannot add cells'));
  const answer = await call(api, byRange);
  refusalIn(answer, 500);
  expect(answer.text).not.toContain('cells');
  const { traceId } = bodyOf(answer);
  const lines = api
    .logged()
    .split('\n')
    .filter((line) => line.includes(traceId));
  expect(lines.find((line) => line.includes('cannot add cells'))).toBeDefined();
});

test('the log tells user, call and trace id, and never the credential', async () => {
  const api = testApi();
  const key = 'operator-key';
  const headers = { 'tenant-id': 'default', 'auth-type': 'APIKEY', 'auth-value': key };
  const { traceId } = bodyOf(await call(api, byTime, { headers }));
  await call(api, byTime, { headers: { ...headers, 'auth-value': 'wrong-secret' } });
  const [line = ''] = api
    .logged()
    .split('\n')
    .filter((one) => one.includes(traceId));
  expect(JSON.parse(line)).toMatchObject({
    ...{ method: 'POST', route: byTime, status: 200, user: 'a operator', traceId },
  });
  expect(api.logged()).not.toMatch(new RegExp(`${key}|wrong-secret`));
});

test('both calls are in the OpenAPI document, with their headers and bodies', async () => {
  const { body } = await testApi().send(null, 'get', '/api/openapi.json');
  const { paths } = body as { paths: Record<string, { post: Operation }> };
  interface Operation {
    parameters: { name: string; in: string; required: boolean }[];
    requestBody: { content: Record<string, { schema: { required: string[] } }> };
  }
  const required = { [byTime]: ['scheduleTimes'], [byRange]: ['startTime', 'endTime'] };
  for (const [path, times] of Object.entries(required)) {
    const { parameters, requestBody } = paths[path]!.post;
    expect(parameters.filter((one) => one.in === 'header' && one.required)).toHaveLength(3);
    const { schema } = requestBody.content['application/json']!;
    expect(schema.required).toEqual(['tableName', 'tenantId', ...times]);
  }
});
