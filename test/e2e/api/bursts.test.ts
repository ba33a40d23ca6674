/** Many calls at once, and what Temporal's history holds of them: SH-02. */
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import type { TriggerAnswer } from '../../../model/trigger';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { historyOf } from '../../support/temporal';
import {
  gateOf,
  heldTask,
  ledgerOf,
  runsOf,
  trigger,
  until,
  untilIdle,
  urlsOf,
  statusesOf,
} from './support/flow';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
});
afterAll(() => installation.end());

const tables = ['up.main.a', 'up.main.b'];

interface SignalledTrigger {
  receipt: string;
  table: string;
}

/** What the signals in a task's history carry, in order; one list a signal. */
async function signalled(id: string): Promise<SignalledTrigger[][]> {
  const events = (await historyOf('default', id)) ?? [];
  return events.flatMap(({ event }) => {
    const attributes = event.workflowExecutionSignaledEventAttributes;
    if (attributes?.signalName !== 'tablesTriggered') return [];
    const data = attributes.input?.payloads?.[0]?.data ?? new Uint8Array();
    const { triggers } = JSON.parse(Buffer.from(data).toString('utf8')) as {
      triggers: SignalledTrigger[];
    };
    return [triggers];
  });
}

test('SH-02: every call, those during a run included, is an entry of a signal that names its table, and the workflow holds the marks', async () => {
  const { id } = await heldTask(server.api, tables);
  const [a = '', b = ''] = await urlsOf(server.api, id);
  const receipts: string[] = [];
  const call = async (url: string) =>
    receipts.push(((await (await fetch(url)).json()) as TriggerAnswer).traceId);
  await call(a);
  await call(a);
  await call(b);
  const run = await jobs.next();
  await call(a);
  const entries = (await signalled(id)).flat();
  expect(entries.map(({ receipt }) => receipt)).toEqual(receipts);
  expect(entries.map(({ table }) => table)).toEqual([tables[0], tables[0], tables[1], tables[0]]);
  run.succeed();
  await untilIdle(server.api, id, 1);
  const outcomes = (await ledgerOf(server.api, id)).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['ignored', 'started', 'duplicate', 'counted']);
});

const agent = new Agent({ keepAlive: true, maxSockets: 200 });

async function post(url: string, key: string): Promise<TriggerAnswer> {
  const sent = request(url, { agent, method: 'POST', headers: { 'idempotency-key': key } });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return JSON.parse(text) as TriggerAnswer;
}

test('a burst of 2,000 calls over two tables, half of them repeats, is taken whole, starts one run and is all in the ledger', async () => {
  const { id } = await heldTask(server.api, tables);
  const urls = await urlsOf(server.api, id);
  const keys = Array.from({ length: 500 }, (_, index) => `night-${index}`);
  const calls = [...keys, ...keys].flatMap((key) => urls.map((url) => ({ url, key })));
  expect(calls).toHaveLength(2_000);
  const answers = await Promise.all(calls.map(({ url, key }) => post(url, key)));
  agent.destroy();
  expect(answers.filter(({ success }) => !success)).toEqual([]);
  const run = await jobs.next();
  const ledger = await until(
    () => ledgerOf(server.api, id),
    (entries) => entries.length >= calls.length,
  );
  expect(ledger.map(({ receipt }) => receipt).toSorted()).toEqual(
    answers.map(({ traceId }) => traceId).toSorted(),
  );
  const count = (outcome: string) => ledger.filter((entry) => entry.outcome === outcome).length;
  expect({ counted: count('counted'), started: count('started') }).toEqual({
    ...{ counted: 1, started: 1 },
  });
  expect(count('duplicate') + count('ignored')).toBe(1_998);
  const repeats = ledger.filter(({ reason }) => reason === 'the Idempotency-Key was used before');
  expect(repeats).toHaveLength(1_000);
  const signals = await signalled(id);
  expect(signals.flat()).toHaveLength(2_000);
  expect(signals.length).toBeLessThan(2_000);
  run.succeed();
  expect(await untilIdle(server.api, id, 1)).toHaveLength(1);
  expect(Object.values(await gateOf(server.api, id))).toEqual(['Not Triggered', 'Not Triggered']);
});

test('a call repeated with its Idempotency-Key is a duplicate also in a later round, another table with it is not', async () => {
  const { id } = await heldTask(server.api, tables);
  const [a = '', b = ''] = await urlsOf(server.api, id);
  const keyed = async (url: string) => {
    const answer = await fetch(`${url}?wait=outcome`, { headers: { 'idempotency-key': 'day-1' } });
    return answer.headers.get('x-tablegate-outcome');
  };
  expect(await keyed(a)).toBe('counted');
  expect(await keyed(b)).toBe('started');
  (await jobs.next()).succeed();
  await untilIdle(server.api, id, 1);
  expect(await keyed(a)).toBe('duplicate');
  expect(Object.values(await gateOf(server.api, id))).toEqual(['Not Triggered', 'Not Triggered']);
  expect(await trigger(a, b)).toEqual(['counted', 'started']);
  (await jobs.next()).succeed();
  await untilIdle(server.api, id, 2);
});

test('twenty starts at once begin one run', async () => {
  const { id } = await heldTask(server.api, tables);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => server.api.call('POST', `/tasks/${id}/runs`)),
  );
  const counted = statusesOf(answers);
  expect(counted).toEqual([202, ...Array<number>(19).fill(409)]);
  (await jobs.next()).succeed();
  expect(await untilIdle(server.api, id, 1)).toHaveLength(1);
  expect(await runsOf(server.api, id)).toHaveLength(1);
});

test('a table named with a key is triggered as by its URL, and repeats of the call are answered alike', async () => {
  const { id } = await heldTask(server.api, tables);
  const call = (table: string, key: string) =>
    server.api.call<{ receipt: string }>('POST', `/tasks/${id}/triggers`, {
      ...{ body: { table }, headers: { 'idempotency-key': key } },
    });
  const first = await call(tables[0]!, 'x1');
  expect(first).toMatchObject({ status: 202, body: { taskId: id } });
  const again = await call(tables[0]!, 'x1');
  expect(again).toMatchObject({ status: 202, body: first.body });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await ledgerOf(server.api, id)).toMatchObject([
    { receipt: first.body.receipt, caller: 'admin', outcome: 'counted' },
  ]);
  expect(await call('up.main.c', 'x2')).toMatchObject({
    status: 404,
    body: { code: 'tableNotFound', errors: [{ path: 'table' }] },
  });
});
