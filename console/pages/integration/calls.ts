/** The calls of each API, ready to be copied; `<KEY>` stands for a key of the tenant. */

interface CallGroup {
  key: 'native' | 'trigger' | 'aloudata';
  calls: { title: string; code: string }[];
}

const aloudata = '/anymetrics/api/v1/scheduler/task';

function aloudataCall(host: string, tenant: string, name: string, body: object): string {
  return [
    `curl -X POST '${host}${aloudata}/${name}' \\`,
    `  -H 'tenant-id: ${tenant}' -H 'auth-type: APIKEY' -H 'auth-value: <KEY>' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(body)}'`,
  ].join('\n');
}

function nativeCall(host: string, method: string, path: string, body?: object): string {
  const lines = [
    `curl -X ${method} '${host}/api/v1${path}' \\`,
    `  -H 'Authorization: Bearer <KEY>'`,
  ];
  if (body === undefined) return lines.join('\n');
  const sent = `  -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return [...lines.slice(0, -1), `${lines.at(-1)} \\`, sent].join('\n');
}

export function callsOf(host: string, tenant: string): CallGroup[] {
  const table = 'crm.main.customers';
  return [
    {
      key: 'native',
      calls: [
        { title: 'GET /tasks', code: nativeCall(host, 'GET', '/tasks') },
        { title: 'POST /tasks/{id}/runs', code: nativeCall(host, 'POST', '/tasks/<TASK>/runs') },
        {
          title: 'POST /tables/{table}:trigger',
          code: nativeCall(host, 'POST', `/tables/${table}:trigger`, {}),
        },
        {
          title: 'POST /backfills',
          code: nativeCall(host, 'POST', '/backfills', {
            taskIds: ['<TASK>'],
            startTime: '2026-01-01 00:00:00',
            endTime: '2026-01-31 23:59:59',
          }),
        },
      ],
    },
    {
      key: 'trigger',
      calls: [
        { title: 'GET /trigger/{token}', code: `curl -fsS ${host}/trigger/<TOKEN>` },
        {
          title: 'GET /trigger/{token}/{scheduleTime}',
          code: `curl -fsS ${host}/trigger/<TOKEN>/2026-01-20T02:30:00`,
        },
      ],
    },
    {
      key: 'aloudata',
      calls: [
        {
          title: 'triggerTableTaskInstanceByScheduleTime',
          code: aloudataCall(host, tenant, 'triggerTableTaskInstanceByScheduleTime', {
            tableName: table,
            tenantId: tenant,
            scheduleTimes: ['2026-01-20 00:00:00'],
          }),
        },
        {
          title: 'triggerTableTaskInstanceByScheduleTimeRange',
          code: aloudataCall(host, tenant, 'triggerTableTaskInstanceByScheduleTimeRange', {
            tableName: table,
            tenantId: tenant,
            startTime: '2026-01-20 00:00:00',
            endTime: '2026-01-21 00:00:00',
          }),
        },
      ],
    },
  ];
}
