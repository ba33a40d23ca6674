/** One attempt to deliver a notice, against a receiver on this machine. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ApplicationFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { makeDeliverNotice } from '../../activities/deliver-notice';
import type { Notice } from '../../model/notice';
import { Secrets } from '../../store/secrets';
import { aNotice } from '../support/notices';
import { quietActivity } from '../support/quiet-activity';
import { openWebhook, type WebhookReceiver } from '../support/webhook';

const secrets = new Secrets('a secret of the tests');
/** For receivers that answer: no test waits for it. */
const noLimitMs = 60_000;

let logged = '';
const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
const opened: WebhookReceiver[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((receiver) => receiver.close()));
  logged = '';
});

async function receiver(answer?: Parameters<typeof openWebhook>[0]): Promise<WebhookReceiver> {
  const made = await openWebhook(answer);
  opened.push(made);
  return made;
}

const answering = (status: number, headers = {}) =>
  receiver((response) => response.writeHead(status, headers).end('so it is'));

function deliver(
  url: string,
  given: {
    hosts?: string[];
    notice?: Notice;
    limitMs?: number;
    env?: MockActivityEnvironment;
  } = {},
): Promise<{ status: number }> {
  const { hosts = [new URL(url).host], notice = aNotice(), limitMs = noLimitMs } = given;
  const activity = makeDeliverNotice({ secrets, webhookHosts: hosts, log }, limitMs);
  const env = given.env ?? quietActivity();
  return env.run(activity, { tenant: notice.tenant, url, notice });
}

async function failureOf(delivery: Promise<unknown>): Promise<ApplicationFailure> {
  const failure = await delivery.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ApplicationFailure);
  return failure as ApplicationFailure;
}

test('posts the notice as JSON to the whole URL, and answers the status', async () => {
  const hook = await answering(202);
  const notice = aNotice({ message: 'Unify wartet noch: Größe – 表' });
  await expect(deliver(`${hook.url}?key=a%20b`, { notice })).resolves.toEqual({ status: 202 });
  const [call] = hook.received;
  expect(call).toMatchObject({ method: 'POST', path: '/hook?key=a%20b' });
  expect(call!.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': notice.id,
  });
  expect(JSON.parse(call!.body)).toEqual(notice);
});

test('signs each attempt so that the tenant’s secret verifies it, and no other does', async () => {
  const hook = await answering(200);
  const notice = aNotice({ tenant: 'other' });
  await deliver(hook.url, { notice });
  const { body, headers } = hook.received[0]!;
  const verify = (tenant: string, text = body) =>
    new Webhook(secrets.webhookSecret(tenant)).verify(text, headers as Record<string, string>);
  expect(verify('other')).toEqual(notice);
  expect(() => verify('default')).toThrow('No matching signature');
  expect(() => verify('other', body.replace('orders', 'others'))).toThrow('No matching signature');
});

test('a host that is not allowed is refused for good, without any connection', async () => {
  const hook = await answering(200);
  for (const hosts of [[], ['127.0.0.1'], ['127.0.0.2', 'hooks.example.com']]) {
    const failure = await failureOf(deliver(`${hook.url}?key=hunter2`, { hosts }));
    expect(failure).toMatchObject({
      ...{ nonRetryable: true, type: 'deliveryRefused' },
      message: `The webhook at ${hook.host} is not allowed by TABLEGATE_WEBHOOK_HOSTS.`,
    });
  }
  expect(hook.connections()).toBe(0);
});

test('every host is allowed where the setting says so', async () => {
  const hook = await answering(204);
  await expect(deliver(hook.url, { hosts: ['*'] })).resolves.toEqual({ status: 204 });
});

test.each([301, 302, 303, 307, 308])('a redirect with %s is not followed', async (status) => {
  const other = await answering(200);
  const hook = await answering(status, { location: other.url });
  const failure = await failureOf(deliver(hook.url, { hosts: [hook.host, other.host] }));
  expect(failure).toMatchObject({
    nonRetryable: false,
    message: `The webhook at ${hook.host} answered ${status}; redirects are not followed.`,
  });
  expect(other.connections()).toBe(0);
});

test.each([408, 425, 429, 500, 502, 503])('%s may be mended by another attempt', async (status) => {
  const hook = await answering(status);
  const failure = await failureOf(deliver(hook.url));
  expect(failure).toMatchObject({
    nonRetryable: false,
    message: `The webhook at ${hook.host} answered ${status}.`,
  });
});

test.each([400, 401, 403, 404, 410, 422])('%s is a refusal for good', async (status) => {
  const failure = await failureOf(deliver((await answering(status)).url));
  expect(failure).toMatchObject({ nonRetryable: true, type: 'deliveryRefused' });
});

test('a receiver that never answers is left when the time is over, to be tried again', async () => {
  const hook = await receiver(() => undefined);
  const failure = await failureOf(deliver(hook.url, { limitMs: 20 }));
  expect(failure).toMatchObject({
    nonRetryable: false,
    message: `The webhook at ${hook.host} did not answer in time.`,
  });
});

test('a worker that ends leaves the delivery to the next one', async () => {
  const hook = await receiver(() => undefined);
  const env = quietActivity();
  const failure = failureOf(deliver(hook.url, { env }));
  await hook.until(1);
  env.cancel('WORKER_SHUTDOWN');
  await expect(failure).resolves.toMatchObject({
    nonRetryable: false,
    message: `The webhook at ${hook.host} was left: the worker ends.`,
  });
});

test('a port where nobody listens may have somebody later', async () => {
  const hook = await receiver();
  await hook.close();
  opened.pop();
  const failure = await failureOf(deliver(hook.url));
  expect(failure).toMatchObject({
    nonRetryable: false,
    message: `The webhook at ${hook.host} cannot be reached: ECONNREFUSED.`,
  });
});

test('an answer without end is read up to a bound, and counts by its status', async () => {
  const sent: { response?: ServerResponse } = {};
  const hook = await receiver((response) => {
    sent.response = response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.on('drain', more);
    more();
  });
  await expect(deliver(hook.url)).resolves.toEqual({ status: 200 });
  const { response } = sent;
  if (!response!.destroyed) await once(response!, 'close');
  expect(response!.writableEnded).toBe(false);
});

test('an answer that is broken off after its status counts by its status', async () => {
  const hook = await receiver((response) => {
    response.writeHead(201, { 'content-length': 100 });
    response.write('x', () => response.destroy());
  });
  await expect(deliver(hook.url)).resolves.toEqual({ status: 201 });
});

test('what is told and logged of a URL is its host', async () => {
  const hook = await answering(500);
  const failure = await failureOf(deliver(`${hook.url}/s3cret-path?key=hunter2`));
  const told = JSON.stringify([failure.message, failure.stack, failure.cause, failure.details]);
  expect(logged).toContain(hook.host);
  for (const text of [told, logged]) expect(text).not.toMatch(/s3cret|hunter2/);
});
