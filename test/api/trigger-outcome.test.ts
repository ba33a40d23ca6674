/** `?wait=outcome`: headers tell what became of a call; the body and the acceptance stay. */
import type { ReceiptView } from '../../model/trigger';
import { runId } from '../support/samples';
import { testApi } from '../support/test-api';

const url = '/trigger/t';

async function outcomeOf(view: ReceiptView | null | Error) {
  const api = testApi();
  api.scheduling.triggers.outcome = () =>
    view instanceof Error ? Promise.reject(view) : Promise.resolve(view);
  const answer = await api.send(null, 'get', `${url}?wait=outcome`);
  expect([answer.status, (answer.body as { success: boolean }).success]).toEqual([200, true]);
  expect(Object.keys(answer.body as object)).toHaveLength(8);
  return answer.headers as unknown as Record<string, string | undefined>;
}

test('it is asked for the call that was accepted, after it was', async () => {
  const api = testApi();
  const answer = await api.send(null, 'get', `${url}?wait=outcome`);
  expect(api.calls.map(({ name }) => name)).toEqual(['triggers.callUrl', 'triggers.outcome']);
  const receipt = answer.headers['x-tablegate-receipt'];
  expect(api.callsOf('triggers.outcome')).toEqual([[expect.objectContaining({ receipt })]]);
  expect(answer.headers).toMatchObject({
    'x-tablegate-outcome': 'counted',
    'x-tablegate-waiting-for': 'crm.main.orders',
  });
  expect(answer.headers).not.toHaveProperty('x-tablegate-run');
});

test('the call that started a run names it', async () => {
  const headers = await outcomeOf({ outcome: 'started', waitingFor: [], runId });
  expect(headers['x-tablegate-outcome']).toBe('started');
  expect(headers['x-tablegate-run']).toBe(runId);
  expect(headers).not.toHaveProperty('x-tablegate-waiting-for');
});

test('names of tables are encoded where a header or the commas would not carry them', async () => {
  const waitingFor = ['crm.main.订单', 'crm.main.a,b', 'crm.main.50%', 'crm.main.with space'];
  const headers = await outcomeOf({ outcome: 'counted', waitingFor, runId: null });
  const names = headers['x-tablegate-waiting-for']!.split(',');
  expect(names.map(decodeURIComponent)).toEqual(waitingFor);
  expect(names[0]).toBe('crm.main.%E8%AE%A2%E5%8D%95');
});

test('of very many names as many are told as a client reads, and how many more there are', async () => {
  const waitingFor = Array.from(
    { length: 500 },
    (_, index) => `crm.main.${'x'.repeat(40)}${index}`,
  );
  const headers = await outcomeOf({ outcome: 'counted', waitingFor, runId: null });
  const names = headers['x-tablegate-waiting-for']!.split(',');
  expect(headers['x-tablegate-waiting-for']!.length).toBeLessThanOrEqual(4000);
  expect(names).toEqual(waitingFor.slice(0, names.length));
  expect(headers['x-tablegate-waiting-for-more']).toBe(String(500 - names.length));
});

test.each([
  ['no answer in time', null],
  ['a task that fails to answer', new Error('no worker')],
  ['a name that no URI can hold', { outcome: 'counted', waitingFor: ['\ud83d'], runId: null }],
] as const)('%s leaves the call accepted', async (_case, view) => {
  const headers = await outcomeOf(view as ReceiptView | null | Error);
  expect(headers['x-tablegate-receipt']).toMatch(/^[0-9a-f]{30}$/);
  expect(headers).not.toHaveProperty('x-tablegate-waiting-for');
});

test('nobody is asked without it', async () => {
  const api = testApi();
  await api.send(null, 'get', `${url}?wait=no`);
  expect(api.calls.map(({ name }) => name)).toEqual(['triggers.callUrl']);
});
