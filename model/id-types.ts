/**
 * ID types: which text of a column names the same user as which other. Jobs normalise every value by
 * these rules before it is compared and stored.
 */
import { z } from 'zod';

/** Types in which case says nothing; all others, users' own ones too, keep it. */
const lowerCased = new Set([
  'email',
  'idfa',
  'idfv',
  'gaid',
  'oaid',
  'android_id',
  'uuid',
  'mac',
  'phone_md5',
  'phone_sha256',
  'email_md5',
  'email_sha256',
]);

/** Name of an ID type: `Phone` and `phone` are one, so that two tables cannot miss each other. */
export const idTypeSchema = z
  .string()
  .trim()
  .toLowerCase()
  // No `regex`: readers of the OpenAPI document in other languages do not know Unicode's classes.
  .refine(isIdTypeName, { message: 'must be 1 to 64 letters, digits, "_", "." or "-"' })
  .meta({ maxLength: 64 });

function isIdTypeName(text: string): boolean {
  return /^[\p{L}\p{N}\p{M}_.-]{1,64}$/u.test(text);
}

/**
 * What is cut off both ends: Unicode's white space, with the zero-width characters that tables
 * catch from web pages and spreadsheets, as nobody sees them either.
 */
export const trimmedCharacters: string = [
  '\t\n\v\f\r \u0085\u00a0\u1680',
  '\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b',
  '\u2028\u2029\u202f\u205f\u2060\u3000\ufeff',
].join('');

/** How letters of a type are compared; `kept`: texts of different case are different IDs. */
export function letterCaseOf(idType: string): 'lower' | 'kept' {
  return lowerCased.has(idType) ? 'lower' : 'kept';
}
