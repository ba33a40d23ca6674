import { ApiProblem } from '../api/client';
import type { MessageKey, Translate } from '../i18n';
import { enProblems } from '../i18n/en-problems';

/**
 * What kind of problem it is, in the language of the page: what the server says of it beyond that is
 * English. Null: nothing is known of it but its message.
 */
export function headingOf(problem: Error, t: Translate): string | null {
  if (!(problem instanceof ApiProblem)) return null;
  if (problem.status === 0) return t('state.offline');
  const key = `problem.${problem.code}`;
  return key in enProblems ? t(key as MessageKey) : null;
}

/** What else there is to say under a heading: the message, and what of the fields it leaves out. */
export function linesOf(
  { message, fields }: Pick<ApiProblem, 'message' | 'fields'>,
  heading: string | null,
): string[] {
  const more = fields.filter(({ message: what }) => !message.includes(what));
  return [
    ...(heading === null || heading === message ? [] : [message]),
    ...more.map(({ path, message: what }) => `${path}: ${what}`),
  ];
}
