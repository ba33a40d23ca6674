/** Inputs and answers that several groups of routes share. */
import { z } from 'zod';
import { noControlCharacters } from '../../model/fields';
import { timePattern } from '../../model/named-times';
import { mostCounted, type Page, type PageRequest } from '../../model/page';

/** Text in a path or a query: what no store can hold is refused before anybody is asked. */
export const plainText = z
  .string()
  .max(255, 'at most 255 characters are allowed')
  .regex(noControlCharacters, 'no control characters are allowed');

/** Key of a request that may be sent again, as headers carry it: blanks at its ends are lost there. */
export const idempotencyKeyText = z.string().regex(/^[!-~](?:[ -~]{0,253}[!-~])?$/);

/** Number of a version, in a path. */
export const versionText = /^[1-9]\d{0,8}$/;

/** `true` or `false` in a query. */
export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean', enum: undefined });

/** An ISO 8601 time, with what it is the time of. */
export const scheduleTimeText = plainText.meta({
  pattern: `^${timePattern}$`,
  description:
    'ISO 8601; without an offset it is read in the timezone of the task. A repeated hour means ' +
    'its first occurrence, a skipped one is refused',
  examples: ['2026-03-01T02:30:00+08:00'],
});

/** First and last moment of a list, by what its items have of it. */
export function spanQuery(what: string) {
  const description = `ISO 8601, by ${what}; without an offset, in the timezone of the installation`;
  // Forms send empty what was not filled in.
  const time = plainText.optional().meta({ pattern: `^(${timePattern})?$`, description });
  return { from: time, to: time };
}

/** The span that a query asks for. */
export function spanOf({ from, to }: { from?: string | undefined; to?: string | undefined }) {
  return { from: from || null, to: to || null };
}

/** A whole number in a query, from 1 on. */
export function numberUpTo(most: number, usual: number, description: string) {
  return z
    .string()
    .refine((text) => /^[1-9]\d{0,5}$/.test(text) && Number(text) <= most, {
      message: `it must be a whole number from 1 to ${most}`,
    })
    .transform(Number)
    .default(usual)
    .meta({ type: 'integer', minimum: 1, maximum: most, default: usual, description });
}

const pageSize = numberUpTo(1000, 50, 'Most items in one answer');

const pageToken = z
  .string()
  .max(2000)
  .regex(noControlCharacters, 'no control characters are allowed')
  .optional()
  .meta({ description: '`nextPageToken` of the page before' });

/** Query of a list: the page, and filters of its own. */
export function listQuery<Filters extends z.ZodRawShape>(filters: Filters) {
  return z.strictObject({ ...filters, pageSize, pageToken });
}

/** Whose things an admin wants to see. */
export const ofUser = plainText.optional().meta({
  description: 'For admins: only those of this user; others see their own alone',
});

/** The page that a query asks for. */
export function pageOf(query: { pageSize: number; pageToken?: string | undefined }): PageRequest {
  return { pageSize: query.pageSize, pageToken: query.pageToken || null };
}

/** Answer of a list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextPageToken: z.string().nullable().meta({ description: 'Null on the last page' }),
  });
}

/** Answer of a list that says how long it is. */
export function countedListOf<Item extends z.ZodType>(item: Item) {
  return listOf(item).extend({
    total: z
      .object({
        count: z
          .number()
          .int()
          .meta({ description: `At most ${mostCounted}` }),
        more: z.boolean().meta({ description: 'True: more than that' }),
      })
      .meta({ description: 'Items on all pages together' }),
  });
}

/** A list that is always answered whole, in the shape of the others. */
export function wholeList<Item>({ items }: { items: Item[] }): Page<Item> {
  return { items, nextPageToken: null };
}
