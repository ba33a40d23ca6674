/** Webhooks over the whole service: told of failures, recoveries and late gates, signed. */
import { Webhook } from 'standardwebhooks';
import type { Notice } from '../../../model/notice';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import type { Problem } from '../../support/test-client';
import { openWebhook, type Received, type WebhookReceiver } from '../../support/webhook';
import { startBackfill, untilOver } from './support/backfills';
import { beforeDue, secondsAfter } from './support/due-times';
import { createTask, startRun, trigger, untilIdle, urlsOf } from './support/flow';

const steps = stepJobs();
let installation: Installation;
let server: TestServer;
let receiver: WebhookReceiver;
let secret: string;
/** Answers 500 to calls at `/busy` that nobody has told before. */
const told = new Set<string>();
beforeAll(async () => {
  receiver = await openWebhook((response, before) => {
    const { path, headers } = receiver.received[before]!;
    const id = String(headers['webhook-id']);
    response.statusCode = path === '/busy' && !told.has(id) ? 500 : 204;
    told.add(id);
    response.end();
  });
  const env = { TABLEGATE_WEBHOOK_HOSTS: receiver.host };
  ({ installation, server } = await startServer({ jobTypes: [steps.jobType], env }));
  ({ secret } = await server.api.get<{ secret: string }>('/webhook-secret'));
});
afterAll(async () => {
  await installation.end();
  await receiver.close();
});

const at = (path: string): string => new URL(path, receiver.url).href;

/**
 * Waits for so many calls at a path.
 * @param scheduleTime of the notices that count; where it is not given all do
 * @returns them, checked as receivers do
 */
async function received(path: string, count: number, scheduleTime?: string): Promise<Notice[]> {
  const isOf = ({ body }: Received) =>
    scheduleTime === undefined || (JSON.parse(body) as Notice).scheduleTime === scheduleTime;
  const here = (): Received[] =>
    receiver.received.filter((call) => call.path === path && isOf(call));
  while (here().length < count) await receiver.until(receiver.received.length + 1);
  return here().map(({ body, headers }) => {
    const signed = new Webhook(secret).verify(body, headers as Record<string, string>);
    return signed as Notice;
  });
}

const task = (path: string, settings: Record<string, unknown> = {}) =>
  createTask(server.api, ['up.main.a', 'up.main.b'], {
    ...{ name: `Tells ${path}`, kind: 'manual', job: { type: 'step' } },
    notifications: { webhooks: [{ url: at(path) }] },
    ...settings,
  });

async function runOnce(id: string, runs: number) {
  await startRun(server.api, id);
  const [run] = await untilIdle(server.api, id, runs);
  return run!;
}

test('a run that fails is told with its reason, and so is the first success after it; a further one is not', async () => {
  const { id, name } = await task('/all');
  await runOnce(id, 1);
  steps.break(id);
  const failed = await runOnce(id, 2);
  const [first] = await received('/all', 1);
  expect(first).toMatchObject({
    ...{ event: 'runFailed', tenant: 'default', task: { id, name }, scheduleTime: null },
    run: { id: failed.id, status: 'failed', failureReason: 'broken by the test' },
    message: `The task "${name}" has failed: broken by the test`,
  });
  steps.mend(id);
  const mended = await runOnce(id, 3);
  await runOnce(id, 4);
  steps.break(id);
  await runOnce(id, 5);
  const all = await received('/all', 3);
  expect(all.map(({ event }) => event)).toEqual(['runFailed', 'runRecovered', 'runFailed']);
  expect(all[1]?.run).toMatchObject({ id: mended.id, status: 'succeeded' });
});

test('a webhook that does not take a notice gets the same one again', async () => {
  const { id } = await task('/busy');
  steps.break(id);
  await runOnce(id, 1);
  const [first, again] = await received('/busy', 2);
  expect(again).toEqual(first);
  const ids = receiver.received
    .filter(({ path }) => path === '/busy')
    .map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids)).toEqual(new Set([first?.id]));
});

test('a gate that is not full by its deadline is told with the tables that are missing, once', async () => {
  const { id, name } = await task('/late', {
    ...{ kind: 'triggered' },
    notifications: { webhooks: [{ url: at('/late') }], deadline: 60 },
  });
  const [a = '', b = ''] = await urlsOf(server.api, id);
  // A gate that is opened past its deadline is never told of.
  const { time, outcomes } = await beforeDue(async (due) => {
    const before = secondsAfter(due, -60);
    return { time: before, outcomes: await trigger(`${a}/${before}`) };
  });
  expect(outcomes).toEqual(['counted']);
  const [late] = await received('/late', 1, time);
  expect(late).toMatchObject({
    ...{ event: 'gateLate', scheduleTime: time, missingTables: ['up.main.b'], run: null },
    message: `The gate of ${time} of the task "${name}" is late; it still waits for: up.main.b.`,
  });
  steps.break(id);
  expect(await trigger(`${b}/${time}`)).toEqual(['started']);
  const events = (await received('/late', 2, time)).map(({ event }) => event);
  expect(events).toEqual(['gateLate', 'runFailed']);
});

test('a webhook is told only of what it asked for, and of no instance of a backfill', async () => {
  const { id } = await task('/some', {
    notifications: {
      webhooks: [
        { url: at('/some'), events: ['runRecovered'] },
        { url: at('/failed'), events: ['runFailed'] },
      ],
    },
  });
  steps.break(id);
  const backfill = { taskIds: [id], scheduleTimes: ['2026-03-01 00:00:00'] };
  const { id: backfillId } = await startBackfill(server.api, backfill);
  expect((await untilOver(server.api, backfillId)).status).toBe('failed');
  const byHand = await runOnce(id, 2);
  expect(await received('/failed', 1)).toMatchObject([{ run: { id: byHand.id } }]);
  steps.mend(id);
  await runOnce(id, 3);
  expect(await received('/some', 1)).toMatchObject([{ event: 'runRecovered' }]);
  expect(receiver.received.filter(({ path }) => path === '/failed')).toHaveLength(1);
});

test('a webhook at a host that is not allowed is refused by the setting that would allow it', async () => {
  const answer = await server.api.call<Problem>('POST', '/tasks', {
    body: {
      ...{ name: 'Elsewhere', kind: 'manual', tables: ['up.main.a'], job: { type: 'step' } },
      notifications: { webhooks: [{ url: 'https://hooks.example.com/x' }] },
    },
  });
  expect(answer.status).toBe(400);
  expect(answer.body.errors).toEqual([
    {
      path: 'notifications.webhooks[0].url',
      message: expect.stringContaining('TABLEGATE_WEBHOOK_HOSTS') as string,
    },
  ]);
});
