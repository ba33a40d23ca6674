/**
 * ID types: which text of a column names the same user as which other. Every value is normalised
 * before it is compared and stored.
 */
import { z } from 'zod';

export interface IdTypeInfo {
  idType: string;
  title: string;
  /** `lower`: case says nothing; `kept`: texts of different case are different IDs. */
  letterCase: 'lower' | 'kept';
}

/** Types that come with the product; any other name may be used too, and keeps its case. */
export const knownIdTypes: readonly IdTypeInfo[] = [
  { idType: 'phone', title: 'Phone number', letterCase: 'kept' },
  { idType: 'email', title: 'E-mail address', letterCase: 'lower' },
  { idType: 'member_id', title: 'Member number', letterCase: 'kept' },
  { idType: 'id_card', title: 'Identity card number', letterCase: 'kept' },
  { idType: 'open_id', title: 'Open ID of an app', letterCase: 'kept' },
  { idType: 'union_id', title: 'Union ID of a vendor', letterCase: 'kept' },
  { idType: 'cookie_id', title: 'Cookie', letterCase: 'kept' },
  { idType: 'imei', title: 'IMEI', letterCase: 'kept' },
  { idType: 'idfa', title: 'Apple advertising ID (IDFA)', letterCase: 'lower' },
  { idType: 'idfv', title: 'Apple vendor ID (IDFV)', letterCase: 'lower' },
  { idType: 'gaid', title: 'Google advertising ID (GAID)', letterCase: 'lower' },
  { idType: 'oaid', title: 'Open anonymous device ID (OAID)', letterCase: 'lower' },
  { idType: 'android_id', title: 'Android ID', letterCase: 'lower' },
  { idType: 'uuid', title: 'UUID', letterCase: 'lower' },
  { idType: 'mac', title: 'MAC address', letterCase: 'lower' },
  { idType: 'phone_md5', title: 'Phone number, MD5', letterCase: 'lower' },
  { idType: 'phone_sha256', title: 'Phone number, SHA-256', letterCase: 'lower' },
  { idType: 'email_md5', title: 'E-mail address, MD5', letterCase: 'lower' },
  { idType: 'email_sha256', title: 'E-mail address, SHA-256', letterCase: 'lower' },
];

const lowerCased = new Set(
  knownIdTypes.filter((known) => known.letterCase === 'lower').map((known) => known.idType),
);

/** Name of an ID type: `Phone` and `phone` are one, so that two tables cannot miss each other. */
export const idTypeSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{N}\p{M}_.-]{1,64}$/u, 'must be 1 to 64 letters, digits, "_", "." or "-"');

/**
 * What is cut off both ends: Unicode's white space, with the zero-width characters that tables
 * catch from web pages and spreadsheets, as nobody sees them either.
 */
export const trimmedCharacters: string = [
  '\t\n\v\f\r \u0085\u00a0\u1680',
  '\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b',
  '\u2028\u2029\u202f\u205f\u2060\u3000\ufeff',
].join('');

const trimmed = new Set(trimmedCharacters);

/** How letters of a type are compared; types that are not known keep theirs. */
export function letterCaseOf(idType: string): 'lower' | 'kept' {
  return lowerCased.has(idType) ? 'lower' : 'kept';
}

/** Small letters one by one, whatever stands beside them. */
export function lowerCaseOf(text: string): string {
  // As a whole text, a Greek capital sigma at a word's end would become another letter than in its
  // middle, and `İ` would become two: an ID is no word.
  return Array.from(text, (letter) => (letter === 'İ' ? 'i' : letter.toLowerCase())).join('');
}

/** @returns the text that is compared and stored; null for one that names nobody */
export function normalizeIdValue(idType: string, text: string | null): string | null {
  if (text === null) return null;
  let start = 0;
  let end = text.length;
  while (start < end && trimmed.has(text[start] as string)) start += 1;
  while (end > start && trimmed.has(text[end - 1] as string)) end -= 1;
  if (start === end) return null;
  const value = text.slice(start, end);
  return letterCaseOf(idType) === 'lower' ? lowerCaseOf(value) : value;
}
