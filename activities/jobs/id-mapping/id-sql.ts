/** IDs as SQL: any column as the text a person would write, read by the rules of `model/id-rules`. */
import { DuckDBScalarFunction, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { quoteIdentifier, quoteText } from '../../../connectors/sql-text';
import { expressionOf, type Fillers } from '../../../model/id-fillers';
import {
  fillersOf,
  normalizeId,
  type IdTypeRules,
  type ReadingRules,
} from '../../../model/id-rules';
import { trimmedCharacters } from '../../../model/id-text';
import { settledExpressions } from '../../../model/numbering-plans';

/** Holds every whole number that a DECIMAL or most of what a DOUBLE can hold. */
const largestWhole = '1e38';

/**
 * @param name of the column
 * @returns null for types that hold more than one value
 */
export function rawSql(name: string, type: string): string | null {
  const column = quoteIdentifier(name);
  const upper = type.toUpperCase();
  if (/\[\d*\]$|^(STRUCT|MAP|UNION)\(/.test(upper)) return null;
  if (upper === 'VARCHAR') return column;
  const text = `CAST(${column} AS VARCHAR)`;
  if (upper === 'FLOAT' || upper === 'DOUBLE') {
    // Whole numbers become floating point when a column with gaps goes through pandas.
    const whole = `CAST(CAST(${column} AS HUGEINT) AS VARCHAR)`;
    return `CASE WHEN NOT isfinite(${column}) THEN NULL
      WHEN ${column} = trunc(${column}) AND abs(${column}) < ${largestWhole} THEN ${whole}
      ELSE ${text} END`;
  }
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(upper.replaceAll(' ', ''))?.[1];
  if (scale !== undefined && scale !== '0') return `rtrim(rtrim(${text}, '0'), '.')`;
  return text;
}

/** Numbers in E.164 that are taken as they are. */
const settled = settledExpressions();

/** What no phone number holds. */
const unlikePhone = '[^-+ ()./0-9]';

/**
 * A text as `normalizeId` reads it; NULL where it names nobody. Most texts are done by DuckDB alone;
 * the others go to JavaScript, which takes ten times as long.
 * @param text an expression that is cheap to repeat, as the name of a column
 */
export function normalSql(text: string, rules: ReadingRules): string {
  if (rules.form === 'exact') return `nullif(${text}, '')`;
  const cheap = rules.case === 'lower' ? `lower(${text})` : text;
  return `CASE WHEN ${text} IS NULL THEN NULL WHEN ${isCheap(text, rules)} THEN ${cheap}
    ELSE ${normalizeCall(text, rules)} END`;
}

const isAscii = (text: string): string => `strlen(${text}) = length(${text})`;

/** Characters of ASCII that are cut off the ends. All are smaller than any that can be seen. */
const trimmed = Array.from(trimmedCharacters, (one) => one.charCodeAt(0)).filter(
  (code) => code < 128,
);
const endsTrimmed = (text: string): string =>
  trimmed.map((code) => `suffix(${text}, chr(${code}))`).join(' OR ');

/**
 * ASCII that begins and ends with what can be seen: neither NFKC nor trimming changes it. An
 * expression that says the same takes three times as long.
 */
function isTidy(text: string): string {
  return `(${isAscii(text)} AND ${text} >= '!' AND NOT (${endsTrimmed(text)}))`;
}

function isCheap(text: string, { form, region }: ReadingRules): string {
  if (form !== 'phone') return isTidy(text);
  const isText = `(${isTidy(text)} AND regexp_matches(${text}, '${unlikePhone}'))`;
  const isSettled = `(regexp_full_match(${text}, ${quoteText(settled.whole)})
    AND NOT regexp_matches(${text}, ${quoteText(settled.trunk)}))`;
  // Without a region, digits alone stay as they are.
  const isPlain = region === null ? `regexp_full_match(${text}, '[0-9]+')` : 'false';
  return `${isSettled} OR ${isPlain} OR ${isText}`;
}

/**
 * Whether a normalised ID is one that `isFiller` knows; never true for NULL.
 * @param text an expression that is cheap to repeat
 */
export function fillerSql(text: string, rules: IdTypeRules): string {
  const fillers = fillersOf(rules);
  if (rules.form === 'exact' || rules.case === 'lower') return isOneOf(text, fillers, 's');
  // Beyond ASCII, DuckDB, RE2 and JavaScript each know other small letters.
  const lower = normalizeCall(text, { form: 'text', case: 'lower', region: null });
  return `CASE WHEN ${isAscii(text)} THEN ${isOneOf(text, fillers, 'si')}
    ELSE ${isOneOf(lower, fillers, 's')} END`;
}

/** @param flags of RE2: `s` lets a dot be a line break, `i` has no regard to case */
function isOneOf(
  text: string,
  { words, mailboxes, parts, expressions }: Fillers,
  flags: 's' | 'si',
): string {
  // All in one, as RE2 knows by the first letters that a text is none of them.
  const wholes = [
    ...words.map(expressionOf),
    ...mailboxes.map((mailbox) => expressionOf(`${mailbox}@*`)),
    ...expressions,
  ];
  const conditions = [
    ...parts.map((part) => `contains(${text}, ${quoteText(part)})`),
    ...joined(wholes).map((one) => `regexp_full_match(${text}, ${quoteText(one)}, '${flags}')`),
  ];
  return conditions.length > 0 ? `(${conditions.join(' OR ')})` : 'false';
}

/** With more, RE2 leaves its fast way: it took 500 times as long. */
const longestExpression = 4_000;

/** The same in few expressions. */
function joined(expressions: readonly string[]): string[] {
  const all: string[] = [];
  for (const expression of expressions) {
    const last = all.at(-1);
    const fits = last !== undefined && last.length + expression.length < longestExpression;
    if (fits) all[all.length - 1] = `${last}|${expression}`;
    else all.push(expression);
  }
  return all;
}

const normalizeName = 'tablegate_normalize_id';

function normalizeCall(text: string, { form, case: letterCase, region }: ReadingRules): string {
  const rules: ReadingRules = { form, case: letterCase, region };
  return `${normalizeName}(${text}, ${quoteText(JSON.stringify(rules))})`;
}

/** Lets a connection run what `normalSql` and `fillerSql` ask for: its JavaScript thread is needed. */
export function registerIdFunctions(connection: DuckDBConnection): void {
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: normalizeName,
      parameterTypes: [VARCHAR, VARCHAR],
      returnType: VARCHAR,
      // NULL for NULL is told here, as DuckDB does it for a lone value but not for one among others.
      specialHandling: true,
      mainFunction: (_, input, output) => {
        const texts = input.getColumnVector(0);
        // A constant, the same in all rows.
        const rules = JSON.parse(input.getColumnVector(1).getItem(0) as string) as ReadingRules;
        for (let row = 0; row < input.rowCount; row += 1) {
          const text = texts.getItem(row) as string | null;
          output.setItem(row, text === null ? null : normalizeId(rules, text));
        }
        output.flush();
      },
    }),
  );
}
