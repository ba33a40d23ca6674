/** Bodies that show how native calls are used; a test holds each to the schema of its route. */

const table = 'crm.main.customers';
const job = {
  type: 'id-mapping',
  config: { analysisSource: 'analysis', output: 'main.id_mapping' },
};
const task = {
  ...{ name: 'Unify customers', kind: 'triggered', tables: [table, 'crm.main.orders'], job },
};
const files = { type: 'files', config: { path: '/data/crm' } };

export const bodyExamples: Record<string, unknown> = {
  'post /api/v1/tasks': task,
  'put /api/v1/tasks/{id}': task,
  'patch /api/v1/tasks/{id}': { description: 'All customers, every night' },
  'post /api/v1/tasks:draft': { tables: [table] },
  'post /api/v1/tasks:import': {
    source: 'erp',
    tasks: [
      {
        ...{
          externalId: 'nightly',
          name: 'Nightly orders',
          kind: 'recurring',
          tables: [table],
          job,
        },
        ...{ recurrence: { every: 'day', at: '02:30' }, timezone: 'Asia/Shanghai' },
      },
    ],
    removeMissing: false,
    dryRun: true,
  },
  'post /api/v1/tasks/{id}/triggers': { table },
  'post /api/v1/tasks/{id}/runs/{runId}:rerun': { downstream: 'matching' },
  'post /api/v1/tables/{table}:trigger': { scheduleTime: '2026-01-20T02:30:00+08:00' },
  'post /api/v1/backfills': {
    ...{ taskIds: ['3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a'], downstream: 'matching', dryRun: true },
    ...{ startTime: '2026-01-01T00:00:00Z', endTime: '2026-01-31T23:59:59Z' },
  },
  'post /api/v1/backfills/{id}:cancel': { mode: 'drain' },
  'post /api/v1/recurrences:preview': { recurrence: { every: 'day', at: '02:30' } },
  'post /api/v1/connections': { name: 'crm', ...files },
  'post /api/v1/connections:test': files,
  'put /api/v1/connections/{name}': files,
  'put /api/v1/tables/{table}/id-mapping': {
    columns: [{ column: 'mobile', idType: 'phone' }],
  },
  'post /api/v1/tenants': { id: 'other', name: 'Another tenant' },
  'post /api/v1/users': { name: 'Ada', role: 'developer' },
  'patch /api/v1/users/{id}': { role: 'operator' },
  'put /api/v1/users/{id}/grants/{connection}': { read: true, write: false },
  'post /api/v1/keys': { name: 'nightly export' },
  'post /api/v1/access-keys': { name: 'SDK of DataWorks' },
  'post /api/v1/projects': { name: 'CRM', mode: 'DevProd' },
};
