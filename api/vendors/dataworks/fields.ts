/** Parameters of the vendor's calls: each comes as text of a form, or as a value of JSON. */
import { z } from 'zod';
import { TablegateError } from '../../../model/errors';
import { isStorable, unstorableMessage } from '../../body';
import { parseJson, withoutNothing } from './json';

const mostId = 2n ** 63n - 1n;

/** A whole number of 64 bits, as decimal text. */
export const int64 = z
  .unknown()
  .transform((value, context): string => {
    const number = wholeNumber(value);
    if (number !== null && number >= 0n && number <= mostId) return String(number);
    const fault = value === undefined ? 'it is missing; it must be' : 'it must be';
    context.addIssue({ code: 'custom', message: `${fault} a whole number from 0 to ${mostId}` });
    return z.NEVER;
  })
  .meta({ type: 'integer', format: 'int64' });

/** A smaller one. */
export function integer(least: number, most: number) {
  return z
    .unknown()
    .transform((value, context): number => {
      const number = wholeNumber(value);
      if (number !== null && number >= BigInt(least) && number <= BigInt(most)) {
        return Number(number);
      }
      const fault = value === undefined ? 'it is missing; it must be' : 'it must be';
      context.addIssue({
        code: 'custom',
        message: `${fault} a whole number from ${least} to ${most}`,
      });
      return z.NEVER;
    })
    .meta({ type: 'integer', minimum: least, maximum: most });
}

function wholeNumber(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value.trim()) ? BigInt(value) : null;
}

/** A text; forms hold that of structures as JSON, where any character can be written. */
export function text(most: number) {
  return z
    .string()
    .max(most, `at most ${most} characters are allowed`)
    .refine(isStorable, unstorableMessage);
}

/** As Python's clients write it too. */
export const flag = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  return { true: true, false: false }[value.toLowerCase()] ?? value;
}, z.boolean());

/** A structure, which forms hold as the text of its JSON; null says the same as nothing there, too. */
export function structure<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value, context) => {
    if (typeof value !== 'string') return value;
    try {
      return withoutNothing(parseJson(value, 'it')) ?? undefined;
    } catch (error) {
      if (!(error instanceof TablegateError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  }, schema);
}

/** A list; empty where nothing is sent. */
export const list = <Item extends z.ZodType>(items: z.ZodArray<Item>) =>
  structure(items.default([])).default([]);

/** A list of ids. */
export const ids = (most: number) => list(z.array(int64).max(most, `at most ${most} are allowed`));

export const environment = z.enum(['Prod', 'Dev'], {
  message: 'it must be Prod or Dev',
});

/** One of several texts; left out where nothing is asked for. */
export const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { message: `it must be one of: ${names.join(', ')}` }).optional();

/** What a list goes by: a field and, if wished, `Asc` or `Desc`. */
export function orderText(fields: Readonly<Record<string, string>>, usual: string) {
  const names = Object.keys(fields);
  return z
    .string()
    .regex(
      new RegExp(`^(?:${names.join('|')})(?: (?:Asc|Desc))?$`),
      `it must be one of ${names.join(', ')}, with Asc or Desc behind a blank`,
    )
    .optional()
    .meta({ description: `${usual} where nothing is said` });
}

/** @param text as `orderText` lets it through */
export function readOrder<By extends string>(
  fields: Readonly<Record<string, By>>,
  text: string,
): { by: By; descending: boolean } {
  const [field = '', direction] = text.split(' ');
  return { by: fields[field]!, descending: direction === 'Desc' };
}
