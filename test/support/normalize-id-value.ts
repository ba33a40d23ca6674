/** The rules of `model/id-rules` for one text, plainly: what the product is held against. */
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { trimmedCharacters } from '../../model/id-text';

export interface PlainRules {
  form: 'text' | 'email' | 'phone' | 'exact';
  case: 'lower' | 'kept';
  region: CountryCode | null;
}

const trimmed = new Set(trimmedCharacters);

/** Small letters one by one, whatever stands beside them. */
function lowerCaseOf(text: string): string {
  // As a whole text, a Greek capital sigma at a word's end would become another letter than in its
  // middle, and `İ` would become two: an ID is no word.
  return Array.from(text, (letter) => (letter === 'İ' ? 'i' : letter.toLowerCase())).join('');
}

/** @returns the text that is compared and stored; null for one that names nobody */
export function normalizeIdValue(rules: PlainRules, text: string | null): string | null {
  if (text === null || text === '') return null;
  if (rules.form === 'exact') return text;
  const letters = Array.from(text.normalize('NFKC'));
  while (trimmed.has(letters[0] ?? '')) letters.shift();
  while (trimmed.has(letters.at(-1) ?? '')) letters.pop();
  if (letters.length === 0) return null;
  const value = letters.join('');
  const cased = rules.case === 'lower' ? lowerCaseOf(value).normalize('NFKC') : value;
  return rules.form === 'phone' ? phoneOf(cased, rules.region) : cased;
}

/** Kinds of characters in a phone number; what else there is makes it a text. */
function kindOf(letter: string): 'digit' | 'plus' | 'between' | 'unseen' | 'other' {
  if (/[0-9٠-٩۰-۹]/.test(letter)) return 'digit';
  if (letter === '+') return 'plus';
  if (' ()./−'.includes(letter) || /\p{Pd}/u.test(letter)) return 'between';
  return /\p{Cf}/u.test(letter) ? 'unseen' : 'other';
}

function phoneOf(written: string, region: CountryCode | null): string {
  const digitsOnly = written
    .slice(0, -2)
    .split('')
    .every((letter) => letter >= '0' && letter <= '9');
  const isWhole = written.length > 2 && written.endsWith('.0') && digitsOnly;
  const text = isWhole ? written.slice(0, -2) : written;
  const letters = Array.from(text);
  const kinds = letters.map(kindOf);
  const count = kinds.filter((kind) => kind === 'digit').length;
  if (kinds.includes('other') || count < 5) return text;
  const digits = letters
    .filter((_, at) => kinds[at] === 'digit')
    .map((digit) => (digit <= '9' ? digit : String(digit.charCodeAt(0) % 16)))
    .join('');
  const firstDigit = kinds.indexOf('digit');
  let number = kinds.slice(0, firstDigit).includes('plus') ? `+${digits}` : digits;
  // A trunk prefix may stand before the number more than once.
  for (let before = ''; before !== number;) {
    before = number;
    const parsed = parsePhoneNumberFromString(number, region ?? undefined);
    if (parsed?.isPossible()) number = parsed.number;
  }
  return number;
}
