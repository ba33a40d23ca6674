/** A notice is delivered until it is taken, refused or too old; the workflow ends well in each case. */
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import { pino } from 'pino';
import { makeDeliverNotice } from '../../activities/deliver-notice';
import type { Notice } from '../../model/notice';
import { noticeWorkflowId, noticeWorkflowType } from '../../model/names';
import type { noticeDelivery } from '../../workflows/notice-delivery';
import { Secrets } from '../../store/secrets';
import { aNotice } from '../support/notices';
import { openWebhook } from '../support/webhook';
import { House, makeId } from '../support/workflows/house';

type ActivityOptions = temporal.api.activity.v1.IActivityOptions;

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const url = 'https://hooks.example.com/tablegate?key=1';

function start(notice: Notice, to = url): Promise<WorkflowHandle<typeof noticeDelivery>> {
  return house.client.workflow.start<typeof noticeDelivery>(noticeWorkflowType, {
    workflowId: noticeWorkflowId(notice.tenant, notice.task.id, notice.id),
    taskQueue: house.taskQueue,
    args: [{ url: to, notice }],
    staticSummary: notice.message,
  });
}

const newNotice = () => aNotice({ id: makeId() });

test('a notice that the webhook takes is delivered once', async () => {
  const deliveries: unknown[] = [];
  house.world.webhook = async (delivery) => {
    deliveries.push(delivery);
    return { status: 204 };
  };
  const notice = newNotice();
  const handle = await start(notice);
  expect(handle.workflowId).toBe(`notice/default/${notice.task.id}/${notice.id}`);
  expect(await handle.result()).toEqual({ delivered: true, reason: null });
  expect(deliveries).toEqual([{ tenant: 'default', url, notice }]);
});

test('a webhook that fails at first gets the same notice again, signed anew', async () => {
  const hook = await openWebhook((response, before) => {
    response.writeHead(before === 0 ? 500 : 200).end();
  });
  try {
    const deps = {
      secrets: new Secrets('a secret of the tests'),
      webhookHosts: [hook.host],
      log: pino({ level: 'silent' }),
    };
    house.world.webhook = makeDeliverNotice(deps);
    const notice = newNotice();
    const handle = await start(notice, hook.url);
    expect(await handle.result()).toEqual({ delivered: true, reason: null });
    expect(hook.received.map(({ headers }) => headers['webhook-id'])).toEqual([
      ...[notice.id, notice.id],
    ]);
    const [first, second] = hook.received.map(({ headers }) => headers['webhook-signature']);
    expect(first).not.toBe(second);
  } finally {
    await hook.close();
  }
});

test('a refusal for good ends the delivery at once, with its reason', async () => {
  let attempts = 0;
  house.world.webhook = async () => {
    attempts += 1;
    throw ApplicationFailure.nonRetryable('The webhook at a.example answered 410.', 'refused');
  };
  expect(await (await start(newNotice())).result()).toEqual({
    delivered: false,
    reason: 'The webhook at a.example answered 410.',
  });
  expect(attempts).toBe(1);
});

test('an attempt after which the day would be over is the last one, and says why', async () => {
  const { attempted, fail } = heldWebhook();
  const handle = await start(newNotice());
  await attempted;
  await change(handle, {
    retryPolicy: { initialInterval: msToTs('25 h'), maximumInterval: msToTs('25 h') },
  });
  fail(ApplicationFailure.retryable('The webhook at a.example answered 503.', 'failed'));
  expect(await handle.result()).toEqual({
    delivered: false,
    reason: 'It was not taken within a day. The webhook at a.example answered 503.',
  });
});

test('a delivery whose day is over between two attempts is given up too', async () => {
  const { attempted, fail } = heldWebhook();
  const handle = await start(newNotice());
  await attempted;
  fail(ApplicationFailure.retryable('The webhook at a.example answered 503.', 'failed'));
  await change(handle, { scheduleToCloseTimeout: msToTs('1 s') });
  expect(await handle.result()).toEqual({
    delivered: false,
    reason: 'It was not taken within a day.',
  });
});

test('a delivery that is cancelled in Temporal ends as cancelled', async () => {
  const { attempted, fail } = heldWebhook();
  const handle = await start(newNotice());
  await attempted;
  fail(ApplicationFailure.retryable('The webhook at a.example answered 503.', 'failed'));
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
});

test('its details in Temporal UI name the host of the webhook and how the delivery stands', async () => {
  const notice = newNotice();
  house.world.webhook = async () => ({ status: 202 });
  const taken = await start(notice, 'https://hooks.example.com/s3cret?key=hunter2');
  await taken.result();
  expect(await detailsOf(taken)).toBe(
    `${notice.message}\n\n**gateLate** to \`hooks.example.com\`\n\nDelivered: the webhook answered 202.`,
  );

  house.world.webhook = async () => {
    throw ApplicationFailure.nonRetryable('The webhook at a.example answered 404.', 'refused');
  };
  const refused = await start(newNotice());
  await refused.result();
  expect(await detailsOf(refused)).toContain('Given up. The webhook at a.example answered 404.');
});

test('a delivery has a queue of its own, so that webhooks that hang hold up nothing else', async () => {
  house.world.webhook = async () => ({ status: 200 });
  const handle = await start(newNotice());
  await handle.result();
  const { events } = await handle.fetchHistory();
  const queues = (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.taskQueue?.name ?? [],
  );
  expect(queues).toEqual([`${house.taskQueue}-notices`]);
});

/** A webhook whose first attempt goes on until the test lets it fail. */
function heldWebhook(): { attempted: Promise<void>; fail(error: Error): void } {
  let fail: (error: Error) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);
  const attempted = new Promise<void>((resolve) => {
    house.world.webhook = () => {
      resolve();
      return failed;
    };
  });
  return { attempted, fail: (error) => fail(error) };
}

/** Changes how the delivery under way is tried, as no test can wait for a day. */
async function change(handle: WorkflowHandle, options: ActivityOptions): Promise<void> {
  const { retryPolicy, scheduleToCloseTimeout } = options;
  const paths = [
    ...(scheduleToCloseTimeout ? ['schedule_to_close_timeout'] : []),
    ...(retryPolicy ? ['retry_policy.initial_interval', 'retry_policy.maximum_interval'] : []),
  ];
  await house.client.workflowService.updateActivityOptions({
    namespace: 'tablegate',
    execution: { workflowId: handle.workflowId },
    type: 'deliverNotice',
    activityOptions: options,
    updateMask: { paths },
  });
}

async function detailsOf(handle: WorkflowHandle): Promise<string | undefined> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails;
}
