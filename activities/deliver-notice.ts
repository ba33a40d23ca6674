/** The activity that posts a notice to a webhook, signed by the Standard Webhooks scheme. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { Webhook } from 'standardwebhooks';
import type { Notice } from '../model/notice';
import { hostAllowed } from '../model/webhooks';
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';

/** How long a webhook may take to answer. */
const usualLimitMs = 10_000;

/** An answer is read, so that its connection can be used again; only its status counts. */
const mostBytesRead = 64 * 1024;

/** Refusals that another attempt may mend: too late, too early, too many. */
const passingRefusals = new Set([408, 425, 429]);

/** @param limitMs longest wait for the answer */
export function makeDeliverNotice(
  deps: Pick<ActivityDeps, 'secrets' | 'webhookHosts' | 'log'>,
  limitMs = usualLimitMs,
): Activities['deliverNotice'] {
  return async function deliverNotice({ tenant, url, notice }): Promise<{ status: number }> {
    // The rest of the URL may hold a secret: nothing of it is told.
    const host = URL.canParse(url) ? new URL(url).host : 'its address';
    if (!hostAllowed(url, deps.webhookHosts)) {
      throw refused(`The webhook at ${host} is not allowed by TABLEGATE_WEBHOOK_HOSTS.`);
    }
    const body = JSON.stringify(notice);
    const headers = sign(deps.secrets.webhookSecret(tenant), notice, body);
    const { status } = await post(url, { headers, body }, limitMs).catch((error: unknown) => {
      throw failed(`The webhook at ${host} ${whyUnanswered(error)}.`);
    });
    deps.log.debug({ host, status, notice: notice.id }, 'a notice was sent');
    if (status >= 200 && status < 300) return { status };
    const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    const sentence = `The webhook at ${host} answered ${status}${redirect}.`;
    throw isFinal(status) ? refused(sentence) : failed(sentence);
  };
}

function sign(secret: string, { id }: Notice, body: string): Record<string, string> {
  const at = new Date();
  return {
    'content-type': 'application/json',
    'user-agent': 'Tablegate',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

/** Why a call was broken off, as the end of a sentence. */
class BrokenOff extends Error {}

/** A redirect is not followed: it could lead to a host that is not allowed. */
async function post(
  url: string,
  request: { headers: Record<string, string>; body: string },
  limitMs: number,
): Promise<Response> {
  const { cancellationSignal } = Context.current();
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(new BrokenOff('did not answer in time')), limitMs);
  const leave = (): void => stop.abort(new BrokenOff('was left: the worker ends'));
  cancellationSignal.addEventListener('abort', leave);
  try {
    const { signal } = stop;
    const response = await fetch(url, { ...request, signal, method: 'POST', redirect: 'manual' });
    await readSome(response);
    return response;
  } finally {
    clearTimeout(limit);
    cancellationSignal.removeEventListener('abort', leave);
  }
}

/** Reads an answer up to a bound; what goes wrong after its status is of no matter. */
async function readSome({ body }: Response): Promise<void> {
  if (body === null) return;
  let bytes = 0;
  try {
    // Leaving the loop lets go of what has not come yet.
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes >= mostBytesRead) break;
    }
  } catch {
    return;
  }
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && !passingRefusals.has(status);
}

/** What kept the answer away: a code of the network's, never a text that could hold the URL. */
function whyUnanswered(error: unknown): string {
  if (error instanceof BrokenOff) return error.message;
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return typeof code === 'string' ? `cannot be reached: ${code}` : 'cannot be reached';
}

function refused(sentence: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(sentence, 'deliveryRefused');
}

function failed(sentence: string): ApplicationFailure {
  return ApplicationFailure.retryable(sentence, 'deliveryFailed');
}
