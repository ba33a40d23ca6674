/** Refusals of the service, and faults that nobody expected, as the caller sees them. */
import { problemSchema, type Problem } from '../../api/errors/problem';
import { errorCatalogue, TablegateError, type ErrorCode } from '../../model/errors';
import { publicUrl, testApi, type TestApi } from '../support/test-api';

const codes = (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => code !== 'internal');

async function read(api: TestApi, error: unknown) {
  api.scheduling.tasks.get = () => Promise.reject(error as Error);
  return api.send('viewer', 'get', '/api/v1/tasks/x');
}

test.each(codes)('%s is answered with its status, title and type', async (code) => {
  const answer = await read(testApi(), new TablegateError(code, 'A sentence'));
  const { status, title } = errorCatalogue[code];
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(problemSchema.parse(answer.body)).toMatchObject({
    type: `${publicUrl}/api/errors#${code}`,
    title,
    status,
    detail: 'A sentence',
    code,
  });
  expect('retry-after' in answer.headers).toBe(
    [503, 429].includes(status) || code === 'requestInProgress',
  );
});

test('the fields that the service names are in the answer', async () => {
  const fields = [{ path: 'config.path', message: 'it lies outside' }];
  const answer = await read(testApi(), new TablegateError('pathOutsideRoots', 'No', { fields }));
  expect((answer.body as Problem).errors).toEqual(fields);
});

test.each([
  new Error('password=hunter2'),
  'password=hunter2',
  undefined,
  new TablegateError('internal', 'password=hunter2'),
])(
  'a fault (%p) is 500 without its words; the trace id of the answer finds it in the log',
  async (fault) => {
    const api = testApi();
    const answer = await read(api, fault);
    expect(answer.status).toBe(500);
    const problem = problemSchema.parse(answer.body);
    expect(problem.code).toBe('internal');
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    const [line] = api
      .logged()
      .split('\n')
      .filter((one) => one.includes(problem.traceId!));
    expect(line?.includes('hunter2')).toBe(fault !== undefined);
    expect(JSON.parse(line!)).toMatchObject({ level: 50 });
  },
);

test('what lies behind a 503 is logged and not shown', async () => {
  const api = testApi();
  const cause = new Error('connect ECONNREFUSED 10.0.0.7');
  const answer = await read(api, new TablegateError('storeUnavailable', 'No answer', { cause }));
  expect(answer.text).not.toContain('10.0.0.7');
  expect(api.logged()).toContain('10.0.0.7');
});

test('/readyz is 503 with the reason while a trigger would not be served; /healthz is 200', async () => {
  const api = testApi();
  api.scheduling.system.ready = () =>
    Promise.reject(new TablegateError('temporalUnavailable', 'Temporal does not answer'));
  const ready = await api.send(null, 'get', '/readyz');
  expect([ready.status, (ready.body as Problem).code]).toEqual([503, 'temporalUnavailable']);
  const health = await api.send(null, 'get', '/healthz');
  expect([health.status, health.body]).toEqual([200, { status: 'ok' }]);
});

test.each([new Error('password=hunter2'), new TablegateError('taskNotFound', 'No such task')])(
  '/readyz is 503 whatever is in the way (%p), without its words',
  async (fault) => {
    const api = testApi();
    api.scheduling.system.ready = () => Promise.reject(fault);
    const answer = await api.send(null, 'get', '/readyz');
    expect([answer.status, (answer.body as Problem).code]).toEqual([503, 'notReady']);
    expect(answer.text).not.toContain(fault.message);
    expect(api.logged()).toContain(fault.message);
  },
);
