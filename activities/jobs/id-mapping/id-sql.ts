/** IDs as SQL: any column as the text a person would write, normalised as `model/id-types` says. */
import { quoteIdentifier, quoteText } from '../../../connectors/sql-text';
import { letterCaseOf, trimmedCharacters } from '../../../model/id-types';

/** Holds every whole number that a DECIMAL or most of what a DOUBLE can hold. */
const largestWhole = '1e38';

/** @returns null for types that hold more than one value */
function textOf(column: string, type: string): string | null {
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

/**
 * The normalised ID of a column; NULL where it names nobody.
 * @returns null for a type whose values are no single texts
 */
export function idSql(column: string, type: string, idType: string): string | null {
  const text = textOf(quoteIdentifier(column), type);
  if (text === null) return null;
  const trimmed = `nullif(trim(${text}, ${quoteText(trimmedCharacters)}), '')`;
  return letterCaseOf(idType) === 'lower' ? `lower(${trimmed})` : trimmed;
}
