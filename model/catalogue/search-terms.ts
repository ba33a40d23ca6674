/**
 * The words by which things of the catalogue are found. PostgreSQL's own parser knows neither the
 * parts of `customerMobile` nor words of Chinese, so the words are made here: of names the whole and
 * its parts, of texts the words, and of scripts that write no blanks every two letters that stand
 * side by side.
 */

/** A: names of tables; B: names of columns, tags; C: comments, descriptions, classes; D: where it is. */
export type Weight = 'A' | 'B' | 'C' | 'D';

/**
 * Names are searched before all else, so the terms of names stand in a document once more behind a mark:
 * the index then finds names alone, however many texts hold the same word. No word begins with a mark, so
 * that the beginning of a word finds none of these.
 */
const tableMark = '<';
/** Of columns and tags. */
const columnMark = '>';
/** Before the whole name of a column. */
const wholeMark = '=';
/** Longer names are found by their beginning; PostgreSQL takes 2 KB. */
const longestName = 255;

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

/** Texts with what they weigh; `whole` are found by all of it too. */
export type Weighted = readonly (readonly [
  weight: Weight,
  text: string | null | undefined,
  whole?: 'whole',
])[];

/** The term of a whole name, whatever its case and the blanks around it. */
function wholeTermOf(name: string): string {
  return wholeMark + plain(name).trim().toLowerCase().slice(0, longestName);
}

/** The text of a `tsvector`: every term once, with the weights that it has; those with a mark have none. */
export function documentOf(texts: Weighted): string {
  const weights = new Map<string, Set<Weight>>();
  let bytes = 0;
  const add = (term: string, weight?: Weight): void => {
    const known = weights.get(term);
    if (known === undefined) {
      bytes += term.length * bytesOfCharacter + bytesBeside;
      if (bytes <= mostBytes) weights.set(term, new Set(weight && [weight]));
    } else if (weight) known.add(weight);
  };
  for (const [weight, text, whole] of texts) {
    if (!text || bytes > mostBytes) continue;
    if (whole) add(wholeTermOf(text));
    for (const term of termsOf(text)) {
      add(term, weight);
      if (weight === 'A') add(tableMark + term);
      if (weight === 'B') add(columnMark + term);
    }
  }
  // A place bears one weight: each weight has a place of its own.
  const places: Record<Weight, string> = { A: '1A', B: '2B', C: '3C', D: '4D' };
  return [...weights]
    .map(([term, of]) => {
      const at = [...of].map((weight) => places[weight]).join(',');
      return at === '' ? quoteTerm(term) : `${quoteTerm(term)}:${at}`;
    })
    .join(' ');
}

function quoteTerm(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Texts of `tsquery`s. */
export interface SearchQuery {
  /** Everything that is asked for, each word as the beginning of one. */
  all: string;
  /** Whole words only: they come first. */
  exact: string;
  /** The same as `all` in names of tables alone. */
  named: string;
  /** A column of that very name. */
  column: string;
  /** The same as `all` in names alone, of tables, columns and tags. */
  names: string;
  /** The same as `exact` in names alone. */
  exactNames: string;
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
  const joined = (marks: string[], suffix: (prefix: boolean) => string): string =>
    some
      .map(({ term, prefix }) => {
        const anywhere = marks.map((mark) => quoteTerm(mark + term) + suffix(prefix));
        return anywhere.length === 1 ? anywhere[0]! : `(${anywhere.join(' | ')})`;
      })
      .join(' & ');
  const exact = (...marks: string[]) => joined(marks, () => '');
  const beginnings = (...marks: string[]) => joined(marks, (prefix) => (prefix ? ':*' : ''));
  return {
    all: beginnings(''),
    exact: exact(''),
    named: beginnings(tableMark),
    column: quoteTerm(wholeTermOf(question)),
    names: beginnings(tableMark, columnMark),
    exactNames: exact(tableMark, columnMark),
    whole: question.trim(),
  };
}

/** Whether a name is the very one that is asked for. */
export function isNamed(name: string, question: string): boolean {
  return wholeTermOf(name) === wholeTermOf(question);
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
