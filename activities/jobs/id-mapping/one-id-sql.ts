/** one_ids, which are kept in JavaScript, as SQL finds them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  registerStructLookUp,
  registerTextLookUp,
  type Field,
  type PlainArray,
} from '../../../connectors/duckdb-vectors';
import { quoteText } from '../../../connectors/sql-text';
import { registerAddonOneIds, type BesideOneId } from '../../../native/one-ids';
import { noId } from './links';
import type { OneIds } from './one-ids';

/** In the place of a prefix: there is no one_id. */
const nobody = 'nobody';

/** With more, those would be texts that DuckDB is asked for with each chunk of rows. */
const mostListed = 256;

/** What is known of a number where prefixes are not listed. */
const kinds = { digits: 0, other: 1, nobody: 2 } as const;

/** SQL that finds one_ids. */
export interface OneIdSql {
  /** A struct of what is known of a number. */
  find: (number: string) => string;
  /** Whether it has a one_id. @param found a column with what was found */
  hasOne: (found: string) => string;
  /** The one_id as text. */
  text: (found: string, number: string) => string;
  /** What is known besides: a text or a number. */
  beside: (found: string) => string;
}

/** From here on, `to_hex` writes 16 digits. */
const sixteenDigits = 1n << 60n;

/** 16 digits of a UBIGINT, in a quarter of the time of `format`. */
const digitsOf = (value: string): string =>
  `lower(CASE WHEN ${value} >= ${sixteenDigits} THEN to_hex(${value})
    ELSE '0' || substr(to_hex(${value} + ${sixteenDigits}::UBIGINT), 2) END)`;

/**
 * @param of place of the one_id of each number, or `noId`
 * @param beside something else that is known of the same numbers
 */
export function registerOneIds(
  connection: DuckDBConnection,
  oneIds: OneIds,
  of: Uint32Array,
  beside: BesideOneId,
): OneIdSql {
  const isOurs = oneIds.others.size === 0;
  const name = isOurs ? registerAddonOneIds(connection, of, oneIds, beside) : null;
  return name === null
    ? registerInJavaScript(connection, oneIds, of, beside)
    : {
        find: (number) => `${name}(${number})`,
        hasOne: (found) => `${found}.one_id IS NOT NULL`,
        text: (found) => `${found}.one_id`,
        beside: (found) => `${found}.beside`,
      };
}

function registerInJavaScript(
  connection: DuckDBConnection,
  { words, prefixes, others }: OneIds,
  of: Uint32Array,
  { values, texts }: BesideOneId,
): OneIdSql {
  const isListed = prefixes.length <= mostListed;
  const fields: Record<string, Field> = {
    // A listed prefix reads like text, and is a small number on the way.
    prefix: isListed ? [...prefixes, nobody] : 'UBIGINT',
    hash: 'UBIGINT',
    beside: texts ?? 'UINTEGER',
    ...(!isListed && { kind: 'UINTEGER' as const }),
  };
  const halves = isListed ? new Uint32Array(0) : halvesOf(prefixes);
  const find = registerStructLookUp(connection, fields, (numbers, count, found) => {
    const [prefix, hash, beside, kind] = found as [PlainArray, PlainArray, PlainArray, PlainArray?];
    // Loops of their own: the look-ups of each do not wait for one another.
    for (let row = 0; row < count; row += 1) {
      const number = numbers[row]!;
      beside[row] = values[number]!;
      hash[2 * row] = of[number]!;
    }
    for (let row = 0; row < count; row += 1) {
      const place = hash[2 * row]!;
      const prefixPlace = place === noId ? prefixes.length : words[3 * place + 2]!;
      if (kind === undefined) {
        prefix[row] = prefixPlace;
      } else {
        prefix[2 * row] = halves[2 * prefixPlace]!;
        prefix[2 * row + 1] = halves[2 * prefixPlace + 1]!;
        const isOther = prefixPlace === 0 ? kinds.other : kinds.digits;
        kind[row] = place === noId ? kinds.nobody : isOther;
      }
      if (place === noId) continue;
      hash[2 * row] = words[3 * place]!;
      hash[2 * row + 1] = words[3 * place + 1]!;
    }
  });
  const other =
    others.size > 0 ? registerTextLookUp(connection, (number) => others.get(of[number]!)!) : null;
  const isOther = (found: string): string =>
    isListed ? `${found}.prefix = ''` : `${found}.kind = ${kinds.other}`;
  return {
    find: (number) => `${find}(${number})`,
    hasOne: (found) =>
      isListed ? `${found}.prefix <> ${quoteText(nobody)}` : `${found}.kind <> ${kinds.nobody}`,
    text: (found, number) => {
      const prefix = isListed ? `${found}.prefix::VARCHAR` : digitsOf(`${found}.prefix`);
      const digits = `${prefix} || ${digitsOf(`${found}.hash`)}`;
      if (other === null) return digits;
      return `CASE WHEN ${isOther(found)} THEN ${other}(${number}) ELSE ${digits} END`;
    },
    beside: (found) => `${found}.beside`,
  };
}

/** The words of prefixes, the lower half of each first; 0 for none. */
function halvesOf(prefixes: string[]): Uint32Array {
  const halves = new Uint32Array(2 * prefixes.length + 2);
  for (const [place, prefix] of prefixes.entries()) {
    if (prefix === '') continue;
    halves[2 * place] = parseInt(prefix.slice(8), 16);
    halves[2 * place + 1] = parseInt(prefix.slice(0, 8), 16);
  }
  return halves;
}
