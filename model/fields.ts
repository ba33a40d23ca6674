/** Fields that inputs of several kinds have. */
import { z } from 'zod';
import { idPattern } from './names';

/**
 * Text without control characters; written as ranges, because readers of the OpenAPI document in
 * other languages do not know Unicode's classes.
 */
// oxlint-disable-next-line no-control-regex
export const noControlCharacters = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** Id of a task, as a caller sends it. */
export const idSchema = z.string().regex(idPattern, 'an id has 32 lower-case hex characters');

/** What people call a thing. */
export const nameSchema = z
  .string()
  .trim()
  .min(1, 'a name is needed')
  .max(255, 'at most 255 characters are allowed')
  .regex(noControlCharacters, 'no control characters are allowed')
  .meta({ pattern: notBlank('') });

/**
 * @param without characters that it may not have either, as they stand in a class of an expression
 * @returns the pattern, in the OpenAPI document, of a text that is trimmed and must not be empty then
 */
export function notBlank(without: string): string {
  const other = String.raw`\u0000-\u001f\u007f-\u009f${without}`;
  return String.raw`^[^${other}]*[^\s${other}][^${other}]*$`;
}
