/** Delivers one notice to one webhook: again and again until it is taken, refused or a day is over. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities';
import { noticeQueue } from '../model/names';
import type { DeliveryEnd, NoticeDelivery } from '../model/notice';

/** Older news are of no use to whoever is told. */
const givenUpAfter = '24 h';

function deliver({ url, notice }: NoticeDelivery): Promise<{ status: number }> {
  const { deliverNotice } = proxyActivities<Activities>({
    taskQueue: noticeQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '20 s',
    scheduleToCloseTimeout: givenUpAfter,
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '15 min' },
    summary: `${notice.event} to ${new URL(url).host}`,
  });
  return deliverNotice({ tenant: notice.tenant, url, notice });
}

/**
 * @returns how it came out; a delivery that is given up is no failure of the workflow
 */
export async function noticeDelivery(delivery: NoticeDelivery): Promise<DeliveryEnd> {
  show(delivery, 'On its way.');
  try {
    const { status } = await deliver(delivery);
    show(delivery, `Delivered: the webhook answered ${status}.`);
    return { delivered: true, reason: null };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const reason = reasonOf(error);
    show(delivery, `Given up. ${reason}`);
    return { delivered: false, reason };
  }
}

/** The refusal, or what the last attempt of a day ended with, where Temporal tells. */
function reasonOf(error: unknown): string {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  if (!(failure instanceof ApplicationFailure)) return 'It was not taken within a day.';
  return failure.nonRetryable
    ? failure.message
    : `It was not taken within a day. ${failure.message}`;
}

function show({ url, notice }: NoticeDelivery, state: string): void {
  const lines = [notice.message, `**${notice.event}** to \`${new URL(url).host}\``, state];
  setCurrentDetails(lines.join('\n\n'));
}
