/**
 * The words by which things of the catalogue are found. PostgreSQL's own parser knows neither the
 * parts of `customerMobile` nor words of Chinese, so the words are made here: of names the whole and
 * its parts, of texts the words, and of scripts that write no blanks every two letters that stand
 * side by side.
 */

/** A: names of tables; B: names of columns, tags; C: comments, descriptions, classes; D: where it is. */
export type Weight = 'A' | 'B' | 'C' | 'D';

/** PostgreSQL takes 2 KB; longer ones are no words. */
const longestTerm = 100;
/**
 * Of one document, by what a character takes at most: PostgreSQL takes 1 MB of all parts together.
 * What lies beyond it is not searched.
 */
const mostBytes = 400_000;
const bytesOfCharacter = 3;
/** What each term takes besides: its places, and where it stands. */
const bytesBeside = 12;

const scriptsWithoutBlanks =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const words = /[\p{L}\p{N}\p{M}]+/gu;

/** As texts are compared. */
function plain(text: string): string {
  return text.normalize('NFKC');
}

/** Each two letters side by side, and the last one, so that one letter alone is found by its prefix. */
function pairsOf(run: string): string[] {
  const letters = Array.from(run);
  return letters.map((letter, place) => letter + (letters[place + 1] ?? ''));
}

/** `customerMobile2` has the parts `customer`, `mobile` and `2`. */
function partsOf(word: string): string[] {
  return word
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{N})/gu, '$1 $2')
    .replace(/(\p{N})(\p{L})/gu, '$1 $2')
    .split(' ');
}

/** The terms of a text or a name, without those that say nothing. */
export function termsOf(text: string): string[] {
  const whole = plain(text);
  const terms = new Set<string>();
  for (const [run] of whole.matchAll(scriptsWithoutBlanks)) {
    for (const pair of pairsOf(run.toLowerCase())) terms.add(pair);
  }
  const rest = whole.replace(scriptsWithoutBlanks, ' ');
  for (const [word] of rest.matchAll(words)) {
    terms.add(word.toLowerCase());
    for (const part of partsOf(word)) terms.add(part.toLowerCase());
  }
  return [...terms].filter((term) => term !== '' && term.length <= longestTerm);
}

/** Texts with what they weigh. */
export type Weighted = readonly (readonly [weight: Weight, text: string | null | undefined])[];

/** The text of a `tsvector`: every term once, with the weights that it has. */
export function documentOf(texts: Weighted): string {
  const weights = new Map<string, Set<Weight>>();
  let bytes = 0;
  for (const [weight, text] of texts) {
    if (!text) continue;
    for (const term of termsOf(text)) {
      const known = weights.get(term);
      if (known) {
        known.add(weight);
        continue;
      }
      bytes += term.length * bytesOfCharacter + bytesBeside;
      if (bytes > mostBytes) break;
      weights.set(term, new Set([weight]));
    }
  }
  // A place bears one weight: each weight has a place of its own.
  const places: Record<Weight, string> = { A: '1A', B: '2B', C: '3C', D: '4D' };
  return [...weights]
    .map(([term, of]) => `${quoteTerm(term)}:${[...of].map((weight) => places[weight]).join(',')}`)
    .join(' ');
}

function quoteTerm(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Texts of `tsquery`s. */
export interface SearchQuery {
  /** Everything that is asked for, each word as the beginning of one. */
  all: string;
  /** The same in names of tables alone. */
  named: string;
  /** Whole words only: they come first. */
  exact: string;
  /** As it was asked, without blanks around: a table of that very name is the best of all. */
  whole: string;
}

/** Most words of a question; more say nothing. */
const mostWords = 20;

/** @returns null where the question holds no word */
export function searchQueryOf(question: string): SearchQuery | null {
  const asked: { term: string; prefix: boolean }[] = [];
  const whole = plain(question);
  for (const [run] of whole.matchAll(scriptsWithoutBlanks)) {
    const pairs = pairsOf(run.toLowerCase());
    if (pairs.length === 1) asked.push({ term: pairs[0]!, prefix: true });
    else asked.push(...pairs.slice(0, -1).map((term) => ({ term, prefix: false })));
  }
  for (const [word] of whole.replace(scriptsWithoutBlanks, ' ').matchAll(words)) {
    asked.push({ term: word.toLowerCase().slice(0, longestTerm), prefix: true });
  }
  const some = asked.slice(0, mostWords);
  if (some.length === 0) return null;
  const join = (suffix: (prefix: boolean) => string) =>
    some.map(({ term, prefix }) => `${quoteTerm(term)}${suffix(prefix)}`).join(' & ');
  return {
    all: join((prefix) => (prefix ? ':*' : '')),
    named: join((prefix) => (prefix ? ':*A' : ':A')),
    exact: join(() => ''),
    whole: question.trim(),
  };
}

/** Whether a text has a term that the question asks for; tells which columns made a table match. */
export function answers(text: string, question: string): boolean {
  const terms = termsOf(text);
  const whole = plain(question);
  const runs = [...whole.matchAll(scriptsWithoutBlanks)].flatMap(([run]) => {
    const pairs = pairsOf(run.toLowerCase());
    return pairs.length === 1 ? pairs : pairs.slice(0, -1);
  });
  const asked = [...whole.replace(scriptsWithoutBlanks, ' ').matchAll(words)];
  return [...runs, ...asked.map(([word]) => word.toLowerCase())].some((term) =>
    terms.some((one) => one.startsWith(term)),
  );
}
