/** Texts as IDs are compared: one spelling of what a person takes for the same. */

/** `kept`: texts of different case are different IDs. */
export type LetterCase = 'lower' | 'kept';

/**
 * What is cut off both ends, as nobody sees it: Unicode's white space, the zero-width characters
 * and direction marks that tables catch from web pages and address books, and the NUL that old
 * programs fill fields with.
 */
export const trimmedCharacters: string = [
  '\0\t\n\v\f\r \u0085\u00a0\u00ad\u061c\u1680\u180e',
  '\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f',
  '\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2066\u2067\u2068\u2069',
  '\u3000\ufeff',
].join('');

const trimmed = new Set(trimmedCharacters);

/**
 * The text in Unicode's form NFKC, trimmed, in lower case if wanted. What it answers stays as it is
 * when it is normalised again.
 */
export function normalizeText(text: string, letterCase: LetterCase): string {
  const value = trim(text.normalize('NFKC'));
  // Some small letters compose with the mark behind them where the capital does not, as in "T̈".
  return letterCase === 'lower' ? lowerLetters(value).normalize('NFKC') : value;
}

/** A loop, as a pattern takes quadratic time over long runs of blanks. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && trimmed.has(text.charAt(start))) start += 1;
  while (end > start && trimmed.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/**
 * Small letters, one by one: an ID is no word, so that a Greek capital sigma becomes the same letter
 * at its end as in its middle, and `İ` one letter.
 */
function lowerLetters(text: string): string {
  return text
    .replaceAll('İ', 'i')
    .replace(/\P{ASCII}/gu, lowerLetter)
    .toLowerCase();
}

function lowerLetter(letter: string): string {
  return letter.toLowerCase();
}
