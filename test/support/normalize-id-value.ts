/** The rules of `model/id-types` for one text, plainly: what the SQL of jobs is held against. */
import { letterCaseOf, trimmedCharacters } from '../../model/id-types';

const trimmed = new Set(trimmedCharacters);

/** Small letters one by one, whatever stands beside them. */
function lowerCaseOf(text: string): string {
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
