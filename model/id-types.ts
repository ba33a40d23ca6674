/** ID types: what they are called, and how IDs of a type are read where nothing is set. */
import { z } from 'zod';
import type { LetterCase } from './id-text';

/**
 * What the texts of a type are: `email` and `phone` are read as such, `text` is normalised only,
 * `exact` is taken as it is.
 */
export const idForms = ['text', 'email', 'phone', 'exact'] as const;
export type IdForm = (typeof idForms)[number];

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

/** How IDs of a type are read where nothing is set. */
export function formOf(idType: string): IdForm {
  return idType === 'email' || idType === 'phone' ? idType : 'text';
}

/** How letters of a type are compared where nothing is set. */
export function letterCaseOf(idType: string, form: IdForm): LetterCase {
  if (form === 'exact') return 'kept';
  return form === 'email' || lowerCased.has(idType) ? 'lower' : 'kept';
}
