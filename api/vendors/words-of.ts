/** A refusal in one message, for vendors whose clients are shown no other. */
import type { TablegateError } from '../../model/errors';

/** Most fields that one message names. */
const maxNamed = 20;

/**
 * One sentence, which names the field that is wrong; where several are, each of them with what is
 * wrong.
 */
export function wordsOf({ code, message, fields }: TablegateError): string {
  const [only] = fields;
  const isNamed = only === undefined || code !== 'invalidInput' || message.includes(only.path);
  if (fields.length < 2 && isNamed) return message;
  const named = fields.slice(0, maxNamed).map((field) => `\`${field.path}\`: ${field.message}`);
  const more = fields.length - named.length;
  return named.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
