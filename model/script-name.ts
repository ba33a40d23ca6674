/** What a script may be called. */
import { z } from 'zod';
import { noControlCharacters, notBlank } from './fields';

const maxNameLength = 64;

/** Each with what people call it. */
const forbidden: readonly (readonly [symbol: string, name: string])[] = [
  ['|', 'the vertical line |'],
  [':', 'the colon :'],
  ['?', 'the question mark ?'],
  ['<', 'the angle bracket <'],
  ['>', 'the angle bracket >'],
  ['*', 'the asterisk *'],
  ['"', 'the quotation mark "'],
  // The Roman numeral five in one character, not the letter.
  ['\u2164', 'the Roman numeral \u2164'],
  ['\u2174', 'the Roman numeral \u2174'],
];

/** Everything else is allowed: letters of all languages, blanks, `-`, `.` and `/`. */
export const scriptNameSchema = z
  .string()
  .trim()
  .min(1, 'a name is needed')
  .regex(noControlCharacters, 'no control characters are allowed')
  .superRefine((name, context) => {
    const { length } = Array.from(name);
    if (length > maxNameLength) {
      const message = `it has ${length} characters; at most ${maxNameLength} are allowed`;
      context.addIssue({ code: 'custom', message });
    }
    const found = forbidden.filter(([symbol]) => name.includes(symbol)).map(([, what]) => what);
    if (found.length === 0) return;
    const message = `${found.join(', ')} ${found.length === 1 ? 'is' : 'are'} not allowed in a name`;
    context.addIssue({ code: 'custom', message });
  })
  .meta({
    maxLength: maxNameLength,
    pattern: notBlank('|:?<>*"\u2164\u2174'),
    description:
      'At most 64 characters; all but | : ? < > * " and the Roman numerals \u2164 and \u2174',
    examples: ['Orders to the warehouse'],
  });
