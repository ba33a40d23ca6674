/** Filters and pages reach the service as it wants them. */
import type { Problem } from '../../api/errors/problem';
import { allTasks } from '../support/all-tasks';
import { callerOf, taskId, total } from '../support/samples';
import { testApi } from '../support/test-api';

const viewer = callerOf('viewer');
const allRuns = { taskId: null, status: null, startedBy: null, from: null, to: null };

test.each([
  [
    '/api/v1/tasks?search=uni&kind=triggered&pageSize=7&pageToken=abc',
    'tasks.list',
    [
      { ...allTasks, search: 'uni', kind: 'triggered' },
      { pageSize: 7, pageToken: 'abc' },
    ],
  ],
  ['/api/v1/tasks?search=&tag=', 'tasks.list', [allTasks, { pageSize: 50, pageToken: null }]],
  [
    '/api/v1/tasks?status=none&paused=false&tag=team%3Dcrm&sort=nextRun',
    'tasks.list',
    [
      {
        ...allTasks,
        status: 'none',
        paused: false,
        tag: 'team=crm',
        sort: 'nextRun',
        order: 'asc',
      },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    '/api/v1/tasks?sort=name&order=desc',
    'tasks.list',
    [
      { ...allTasks, sort: 'name', order: 'desc' },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    `/api/v1/tasks/${taskId}/triggers?outcome=ignored&table=a.b.c`,
    'triggers.ledger',
    [
      taskId,
      { outcome: 'ignored', table: 'a.b.c', from: null, to: null },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    `/api/v1/tasks/${taskId}/triggers?from=2026-01-01&to=2026-01-02T03:04:05Z`,
    'triggers.ledger',
    [
      taskId,
      { outcome: null, table: null, from: '2026-01-01', to: '2026-01-02T03:04:05Z' },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    `/api/v1/tasks/${taskId}/runs?status=failed&from=2026-01-01`,
    'runs.list',
    [
      { ...allRuns, taskId, status: 'failed', from: '2026-01-01' },
      { pageSize: 50, pageToken: null },
    ],
  ],
  [
    `/api/v1/runs?startedBy=manual&to=2026-01-01&taskId=${taskId}`,
    'runs.list',
    [
      { ...allRuns, taskId, startedBy: 'manual', to: '2026-01-01' },
      { pageSize: 50, pageToken: null },
    ],
  ],
  ['/api/v1/runs', 'runs.list', [allRuns, { pageSize: 50, pageToken: null }]],
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

test.each([
  ['', 50],
  ['?limit=200', 200],
])('rows of a table, asked for with "%s", are at most %d', async (query, limit) => {
  const api = testApi();
  const path = '/api/v1/connections/crm/tables/crm.main.a%2Fb/rows';
  expect((await api.send('developer', 'get', `${path}${query}`)).status).toBe(200);
  const developer = callerOf('developer');
  expect(api.callsOf('sources.rows')).toEqual([[developer, 'crm', 'crm.main.a/b', limit]]);
});

test.each(['0', '201', '1e2', ''])('a limit of "%s" rows is refused', async (limit) => {
  const path = '/api/v1/connections/crm/tables/crm.main.a/rows';
  const answer = await testApi().send('developer', 'get', `${path}?limit=${limit}`);
  expect([answer.status, (answer.body as Problem).errors]).toEqual([
    400,
    [{ path: 'limit', message: 'it must be a whole number from 1 to 200' }],
  ]);
});

test('the answer is the page as the service gave it', async () => {
  const api = testApi();
  api.scheduling.tasks.list = () => Promise.resolve({ items: [], nextPageToken: 'next', total });
  const answer = await api.send('viewer', 'get', '/api/v1/tasks');
  expect(answer.body).toEqual({ items: [], nextPageToken: 'next', total });
});
