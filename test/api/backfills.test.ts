/** Backfills, reruns and table triggers as callers ask for them. */
import type { Problem } from '../../api/errors/problem';
import { maxNamedTimes } from '../../model/named-times';
import { TablegateError } from '../../model/errors';
import { at, backfill, callerOf, cell, run, runId, taskId } from '../support/samples';
import { testApi, type TestApi } from '../support/test-api';

const operator = callerOf('operator');
const post = (api: TestApi, path: string, body?: object) =>
  api.send('operator', 'post', `/api/v1${path}`).send(body);
const fieldsOf = (answer: { body: unknown }) => (answer.body as Problem).errors;

const asked = { taskIds: [taskId], startTime: '2026-01-01', endTime: '2026-01-31' };

test('a backfill is answered with 202 and how it stands', async () => {
  const api = testApi();
  const answer = await post(api, '/backfills', asked).set('Idempotency-Key', 'january');
  expect([answer.status, answer.body]).toEqual([202, backfill]);
  expect(api.callsOf('backfills.create')).toEqual([
    [
      operator,
      {
        ...{ ...asked, downstream: 'none', existing: 'rerun', concurrency: 16 },
        ...{ dryRun: false, confirm: false },
      },
      'january',
    ],
  ]);
});

test('dryRun is answered with 200 and the plan, and starts nothing', async () => {
  const api = testApi();
  const answer = await post(api, '/backfills', { ...asked, dryRun: true });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    cells: [{ taskId, scheduleTime: at, action: 'rerun', reason: null }],
    count: 1,
    estimatedSeconds: 1.5,
  });
  expect(api.callsOf('backfills.create')).toEqual([]);
});

test('both answers of POST /backfills are documented', async () => {
  const { body } = await testApi().send(null, 'get', '/api/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, { responses: object }>> };
  const statuses = Object.keys(paths['/api/v1/backfills']!.post!.responses);
  expect(statuses).toEqual(expect.arrayContaining(['200', '202', '409']));
});

test.each([
  ['neither tasks nor tables', { scheduleTimes: ['2026-01-01'] }, 'taskIds'],
  [
    'tasks and tables',
    { taskIds: [taskId], tables: ['a.b.c'], scheduleTimes: ['2026-01-01'] },
    'taskIds',
  ],
  ['no time', { taskIds: [taskId] }, 'scheduleTimes'],
  ['times and a range', { ...asked, scheduleTimes: ['2026-01-01'] }, 'scheduleTimes'],
  ['a range without its start', { taskIds: [taskId], endTime: '2026-01-01' }, 'startTime'],
  ['a range without its end', { taskIds: [taskId], startTime: '2026-01-01' }, 'endTime'],
  ['no times at all', { taskIds: [taskId], scheduleTimes: [] }, 'scheduleTimes'],
  ['a concurrency of none', { ...asked, concurrency: 0 }, 'concurrency'],
  ['an id that is none', { ...asked, taskIds: ['x'] }, 'taskIds[0]'],
])('%s is refused, naming the field', async (_case, body, path) => {
  const api = testApi();
  const answer = await post(api, '/backfills', body);
  expect(answer.status).toBe(400);
  expect(fieldsOf(answer)?.[0]?.path).toBe(path);
  expect(api.callsOf('backfills.create')).toEqual([]);
});

const manyTimes = (count: number) =>
  Array.from({ length: count }, () => '2026-01-20T00:00:00+08:00');

test('100,000 times fit into one call; one more is refused by name', async () => {
  const api = testApi();
  const most = { taskIds: [taskId], scheduleTimes: manyTimes(maxNamedTimes) };
  expect((await post(api, '/backfills', most)).status).toBe(202);
  const { scheduleTimes } = most;
  expect((await post(api, '/tables/a.b.c:trigger', { scheduleTimes })).status).toBe(202);
  const tooMany = manyTimes(maxNamedTimes + 1);
  for (const [path, body] of [
    ['/backfills', { taskIds: [taskId], scheduleTimes: tooMany }],
    ['/tables/a.b.c:trigger', { scheduleTimes: tooMany }],
  ] as const) {
    const answer = await post(api, path, body);
    expect([answer.status, fieldsOf(answer)?.[0]?.path]).toEqual([400, 'scheduleTimes']);
  }
});

test('a body over 8 MiB is refused, and told how large it may be', async () => {
  const answer = await post(testApi(), '/backfills', { taskIds: ['x'.repeat(8 * 1_048_576)] });
  expect([answer.status, (answer.body as Problem).code]).toEqual([413, 'bodyTooLarge']);
  expect((answer.body as Problem).detail).toContain('8 MiB');
});

test('a backfill is read with its first cells', async () => {
  const api = testApi();
  const answer = await api.send('viewer', 'get', '/api/v1/backfills/b');
  expect(answer.body).toEqual({ ...backfill, cells: { items: [cell], nextPageToken: null } });
  expect(api.callsOf('backfills.cells')[0]?.slice(1)).toEqual([
    'b',
    { state: null, taskId: null },
    { pageSize: 100, pageToken: null },
  ]);
});

test.each([
  [undefined, 'drain'],
  [{}, 'drain'],
  [{ mode: 'kill' }, 'kill'],
])('a backfill is cancelled with %p by mode %s', async (body, mode) => {
  const api = testApi();
  expect((await post(api, '/backfills/b:cancel', body)).status).toBe(200);
  expect(api.callsOf('backfills.cancel')).toEqual([[operator, 'b', mode]]);
});

describe('a rerun', () => {
  const path = `/tasks/${taskId}/runs/${runId}:rerun`;

  test('is answered with the new record and the backfill that does it', async () => {
    const api = testApi();
    const answer = await post(api, path, { downstream: 'matching' });
    expect([answer.status, answer.body]).toEqual([202, { ...run, backfillId: backfill.id }]);
    const options = { downstream: 'matching', idempotencyKey: null };
    expect(api.callsOf('runs.rerun')).toEqual([[operator, taskId, runId, options]]);
  });

  test('that waits for its turn is queued without an id', async () => {
    const api = testApi();
    api.scheduling.runs.rerun = () =>
      Promise.resolve({ backfillId: backfill.id, run: null, scheduleTime: at, attempt: 3 });
    const answer = await post(api, path);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      ...{ id: null, taskId, status: 'queued', scheduleTime: at, attempt: 3 },
      ...{ startedByUser: 'a operator', backfillId: backfill.id },
    });
  });

  test('that the run policy denies is 409', async () => {
    const api = testApi();
    const refusal = new TablegateError('rerunDenied', 'It is not run again');
    api.scheduling.runs.rerun = () => Promise.reject(refusal);
    const answer = await post(api, path);
    expect([answer.status, (answer.body as Problem).code]).toEqual([409, 'rerunDenied']);
  });
});

describe('a table trigger', () => {
  const path = '/tables/crm.main.orders:trigger';

  test.each([
    [{ scheduleTime: '2026-01-20' }, ['2026-01-20']],
    [{ scheduleTimes: ['2026-01-20', '2026-01-21'] }, ['2026-01-20', '2026-01-21']],
    [
      { startTime: '2026-01-20', endTime: '2026-01-21' },
      { startTime: '2026-01-20', endTime: '2026-01-21' },
    ],
  ])('with %p is one backfill', async (body, times) => {
    const api = testApi();
    const answer = await post(api, path, body).set('Idempotency-Key', 'k');
    expect([answer.status, answer.body]).toEqual([
      202,
      { backfillId: backfill.id, cells: 2, marks: 0 },
    ]);
    expect(api.callsOf('backfills.triggerTable')).toEqual([
      [
        operator,
        { table: 'crm.main.orders', times },
        {
          plainTimes: false,
          receipt: expect.stringMatching(/^[0-9a-f]{30}$/),
          idempotencyKey: 'k',
        },
      ],
    ]);
    expect(api.callsOf('triggers.callTable')).toEqual([]);
  });

  test.each([[undefined], [{}], [{ scheduleTime: null }]])(
    'without a time (%p) marks open rounds',
    async (body) => {
      const api = testApi();
      const answer = await post(api, path, body);
      expect(answer.body).toEqual({ backfillId: null, cells: 0, marks: 1 });
      expect(api.callsOf('backfills.triggerTable')).toEqual([]);
    },
  );

  test.each([
    [{ scheduleTime: '2026-01-20', startTime: '2026-01-20' }, 'scheduleTimes'],
    [{ startTime: '2026-01-20' }, 'endTime'],
    [{ endTime: '2026-01-20' }, 'startTime'],
    [{ scheduleTimes: [] }, 'scheduleTimes'],
  ])('with %p is refused, naming %s', async (body, field) => {
    const answer = await post(testApi(), path, body);
    expect([answer.status, fieldsOf(answer)?.[0]?.path]).toEqual([400, field]);
  });
});

test('a recurrence is previewed in the timezone and from the time that are named', async () => {
  const api = testApi();
  const recurrence = { cron: '0 30 2 * * ?', startTime: '2026-01-01 00:00:00' };
  const body = { recurrence, timezone: 'Europe/Berlin', from: '2026-03-28' };
  const answer = await api.send('viewer', 'post', '/api/v1/recurrences:preview').send(body);
  expect(answer.status).toBe(200);
  expect(api.callsOf('system.previewRecurrence')[0]?.[0]).toMatchObject(body);
  const refused = await api
    .send('viewer', 'post', '/api/v1/recurrences:preview')
    .send({ recurrence: { every: 'day', at: '25:00' }, timezone: 'Mars/Olympus' });
  expect(fieldsOf(refused)?.map((field) => field.path)).toEqual(['recurrence.at', 'timezone']);
});

test.each([
  ['', false],
  ['?detach=false', false],
  ['?detach=true', true],
])('DELETE /tasks/{id}%s detaches: %p', async (query, detach) => {
  const api = testApi();
  const answer = await api.send('developer', 'delete', `/api/v1/tasks/${taskId}${query}`);
  expect(answer.status).toBe(204);
  expect(api.callsOf('tasks.remove')[0]?.slice(1)).toEqual([taskId, null, detach]);
});
