/** What a task's webhooks are told, and which of them are told what. */
import { z } from 'zod';
import type { RunStatus } from './run';

export const noticeEvents = ['runFailed', 'runRecovered', 'gateLate', 'gateExpired'] as const;
export type NoticeEvent = (typeof noticeEvents)[number];

/** What a webhook is told: the body that it gets, as JSON. */
export interface Notice {
  /** The same in every attempt to deliver it, so that a receiver can tell a repeat. */
  id: string;
  event: NoticeEvent;
  tenant: string;
  at: string;
  task: { id: string; name: string };
  scheduleTime: string | null;
  /** Tables that are not marked yet (`gateLate`, `gateExpired`); otherwise empty. */
  missingTables: string[];
  /** The run that failed or recovered; otherwise null. */
  run: {
    id: string;
    status: RunStatus;
    failureReason: string | null;
    startedBy: string;
  } | null;
  /** One sentence for people. */
  message: string;
}

/** One delivery: what the workflow `noticeDelivery` is given. */
export interface NoticeDelivery {
  url: string;
  notice: Notice;
}

/** How a delivery came out; `reason` says in a sentence why it was given up. */
export interface DeliveryEnd {
  delivered: boolean;
  reason: string | null;
}

/** The task's workflow hands all of these on at a roll-over. */
const maxWebhooks = 10;
const maxCharactersOfUrl = 2_000;
const maxBytesOfUrls = 5_000;

const urlSchema = z
  .url({
    protocol: /^https?$/,
    error: 'it must be a URL that begins with http:// or https://',
  })
  .max(maxCharactersOfUrl, `at most ${maxCharactersOfUrl} characters are allowed`)
  .refine((url) => !holdsPassword(url), {
    message: 'no user and password may be in it; deliveries are signed instead',
  })
  .meta({ examples: ['https://hooks.example.com/tablegate'] });

function holdsPassword(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

const webhookSchema = z.strictObject({
  url: urlSchema,
  events: z
    .array(z.enum(noticeEvents))
    .min(1, 'at least one event is needed')
    .max(noticeEvents.length, 'each event may be named once')
    .default([...noticeEvents])
    .meta({ description: 'What it is told; without this, everything' }),
});

export const notificationsSchema = z.strictObject({
  webhooks: z
    .array(webhookSchema)
    .max(maxWebhooks, `at most ${maxWebhooks} webhooks are allowed in one task`)
    .refine((webhooks) => bytesOfUrls(webhooks) <= maxBytesOfUrls, {
      message: `the URLs of all webhooks together may have at most ${maxBytesOfUrls} bytes`,
    })
    .meta({ description: 'Each at a host that `TABLEGATE_WEBHOOK_HOSTS` allows' }),
  deadline: z
    .number()
    .int()
    .min(60)
    .max(366 * 86_400)
    .nullable()
    .default(null)
    .meta({
      description:
        'Seconds after its schedule time, or after the first mark of a round, by which a gate should ' +
        'be full; past it, `gateLate` is told. Null: it is never late',
    }),
});
export type Notifications = z.infer<typeof notificationsSchema>;

function bytesOfUrls(webhooks: { url: string }[]): number {
  return new TextEncoder().encode(webhooks.map(({ url }) => url).join('')).length;
}
