/** The vendor's own two command lines, run by the shell against a server of ours. */
import { execFile } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { listen } from '../../api/main';
import { readSettings } from '../../config';
import { refusalIn, taken, traceIdPattern } from '../support/aloudata';
import { callerOf } from '../support/samples';
import { settings, testApi, type TestApi } from '../support/test-api';

const exec = promisify(execFile);

const byTimeLine = `curl --location --request POST 'http://anymetrics:8083/anymetrics/api/v1/scheduler/task/triggerTableTaskInstanceByScheduleTime' \\
--header 'tenant-id: tn_19487697' \\
--header 'auth-value: 463663891121963008' \\
--header 'auth-type: UID' \\
--data-raw '{
  "tableName":"kehuzhisheng.chaos_prod.chaos_onsite_bug",
  "tenantId":"tn_19487697",
  "scheduleTimes":[
    "2026-01-20 00:00:00",
    "2026-01-20 01:00:00"
  ]
}'`;

const byRangeLine = `curl --location --request POST 'http://anymetrics:8083/anymetrics/api/v1/scheduler/task/triggerTableTaskInstanceByScheduleTimeRange' \\
--header 'tenant-id: tn_19487697' \\
--header 'auth-value: 463663891121963008' \\
--header 'auth-type: UID' \\
--data-raw '{
  "tableName":"default_catalog.sales.FACT_SALES",
  "tenantId":"tn_19487697",
  "startTime":"2026-01-20 01:00:00",
  "endTime":"2026-01-20 05:00:00"
}'`;

/** An API that knows the user of the command lines. */
function apiOfTheirTenant(): TestApi {
  const api = testApi();
  api.scheduling.people.authenticateTrigger = ({ tenant, type, value }) => {
    const known = `${tenant}/${type}/${value}` === 'tn_19487697/UID/463663891121963008';
    return Promise.resolve(known ? { ...callerOf('operator'), tenant } : null);
  };
  return api;
}

/** Runs a command line as it is but for host and port. @returns what it printed, and the status */
async function runLine(line: string, url: string) {
  const here = line.replace('http://anymetrics:8083', url);
  const { stdout } = await exec('sh', ['-c', `${here} -s -w '\\n%{http_code}'`]);
  const [text = '', status] = stdout.split('\n');
  return { text, status: Number(status) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Holds a line to work. @returns the call that reached the service */
async function callOf(line: string): Promise<unknown> {
  const api = apiOfTheirTenant();
  const server = await listen(api.app, settings);
  const { status, text } = await runLine(line, server.url);
  await server.close();
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({
    ...{ data: true, success: true, code: '200', errorMsg: null, detailErrorMsg: null },
    traceId: expect.stringMatching(traceIdPattern) as string,
  });
  return taken(api)[0]?.[0];
}

test('AC-02, AC-11: the line with time points works as it is printed', async () => {
  expect(await callOf(byTimeLine)).toEqual({
    table: 'kehuzhisheng.chaos_prod.chaos_onsite_bug',
    times: ['2026-01-20 00:00:00', '2026-01-20 01:00:00'],
  });
});

test('AC-03, AC-11: the line with a range works as it is printed', async () => {
  expect(await callOf(byRangeLine)).toEqual({
    table: 'default_catalog.sales.FACT_SALES',
    times: { startTime: '2026-01-20 01:00:00', endTime: '2026-01-20 05:00:00' },
  });
});

test('AC-04: both lines work at the host and port that the settings name', async () => {
  const port = await freePort();
  const api = apiOfTheirTenant();
  const server = await listen(api.app, readSettings({ HOST: '127.0.0.1', PORT: String(port) }));
  for (const line of [byTimeLine, byRangeLine]) {
    expect((await runLine(line, `Http://127.0.0.1:${port}`)).status).toBe(200);
  }
  await server.close();
});

test('AC-07, AC-28: a line with another tenant or value in its headers is refused', async () => {
  const api = apiOfTheirTenant();
  const server = await listen(api.app, settings);
  for (const [from, to, status] of [
    ['tenant-id: tn_19487697', 'tenant-id: tn_19487698', 401],
    ['463663891121963008', '463663891121963009', 401],
    ['"tenantId":"tn_19487697"', '"tenantId":"tn_19487698"', 400],
    ['--request POST', '--request GET', 405],
  ] as const) {
    refusalIn(await runLine(byTimeLine.replace(from, to), server.url), status);
  }
  await server.close();
  expect(taken(api)).toEqual([]);
});

test('AC-11: curl sends a large body in two steps, and it is taken', async () => {
  const api = apiOfTheirTenant();
  const server = await listen(api.app, settings);
  const times = Array.from({ length: 60_000 }, () => '"2026-01-20 00:00:00"').join();
  const running = exec('sh', [
    '-c',
    `${byTimeLine.replace(/--data-raw[^]*/, `--data-binary @- -s`)}`.replace(
      'http://anymetrics:8083',
      server.url,
    ),
  ]);
  running.child.stdin?.end(
    `{"tableName":"a.b.c","tenantId":"tn_19487697","scheduleTimes":[${times}]}`,
  );
  expect(JSON.parse((await running).stdout)).toMatchObject({ data: true });
  await server.close();
  expect(taken(api)).toMatchObject([[{ table: 'a.b.c' }, {}]]);
});
