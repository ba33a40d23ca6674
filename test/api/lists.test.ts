/** Filters and pages reach the service as it wants them. */
import { callerOf, taskId } from '../support/samples';
import { testApi } from '../support/test-api';

const viewer = callerOf('viewer');

test.each([
  [
    '/api/v1/tasks?search=uni&kind=triggered&pageSize=7&pageToken=abc',
    'tasks.list',
    [
      { search: 'uni', kind: 'triggered' },
      { pageSize: 7, pageToken: 'abc' },
    ],
  ],
  [
    '/api/v1/tasks?search=',
    'tasks.list',
    [
      { search: null, kind: null },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    `/api/v1/tasks/${taskId}/triggers?outcome=ignored&table=a.b.c`,
    'triggers.ledger',
    [taskId, { outcome: 'ignored', table: 'a.b.c' }, { pageSize: 50, pageToken: null }],
  ],
  [
    `/api/v1/tasks/${taskId}/runs?status=failed`,
    'runs.list',
    [
      { taskId, status: 'failed' },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    '/api/v1/runs',
    'runs.list',
    [
      { taskId: null, status: null },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    `/api/v1/tasks/${taskId}/instances?from=2026-01-01&status=waiting`,
    'runs.instances',
    [
      taskId,
      { from: '2026-01-01', to: null, status: 'waiting' },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    '/api/v1/tables/crm.main.orders/instances?to=2026-01-01&pageToken=abc',
    'runs.tableInstances',
    [
      'crm.main.orders',
      { from: null, to: '2026-01-01', status: null },
      { pageSize: 50, pageToken: 'abc' },
    ],
  ],
  [
    `/api/v1/backfills?status=paused&taskId=${taskId}`,
    'backfills.list',
    [
      { status: 'paused', taskId },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    '/api/v1/backfills/b/cells?state=blocked',
    'backfills.cells',
    ['b', { state: 'blocked', taskId: null }, { pageSize: 50, pageToken: null }],
  ],
  [
    '/api/v1/tables?connection=crm&withIdMapping=false',
    'sources.tables',
    [
      { connection: 'crm', search: null, withIdMapping: false },
      { pageSize: 50, pageToken: null },
    ],
  ],
])('%s', async (path, name, args) => {
  const api = testApi();
  expect((await api.send('viewer', 'get', path)).status).toBe(200);
  expect(api.callsOf(name)).toEqual([[viewer, ...args]]);
});

test('the answer is the page as the service gave it', async () => {
  const api = testApi();
  api.scheduling.tasks.list = () => Promise.resolve({ items: [], nextPageToken: 'next' });
  const answer = await api.send('viewer', 'get', '/api/v1/tasks');
  expect(answer.body).toEqual({ items: [], nextPageToken: 'next' });
});
