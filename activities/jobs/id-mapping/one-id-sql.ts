/** one_ids, which are kept in JavaScript, as SQL finds them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  registerLookUp,
  registerStructLookUp,
  registerTextLookUp,
  type Field,
  type PlainArray,
} from '../../../connectors/duckdb-vectors';
import { quoteText } from '../../../connectors/sql-text';
import { noId } from './links';
import type { OneIds } from './one-ids';

/** In the place of a prefix: there is no one_id. */
const nobody = 'nobody';

/** From here on, `to_hex` writes 16 digits, in a quarter of the time of `format`. */
const sixteenDigits = 1n << 60n;

/** Something else that is known of the same numbers, by number. */
export interface Beside {
  values: Uint32Array | Uint16Array | Uint8Array;
  /** Where the values are places in a list. */
  texts?: string[];
}

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

/** @param of place of the one_id of each number, or `noId` */
export function registerOneIds(
  connection: DuckDBConnection,
  { words, prefixes, others }: OneIds,
  of: Uint32Array,
  { values, texts }: Beside,
): OneIdSql {
  // A prefix reads like text, and is a small number on the way.
  const fields: Record<string, Field> = {
    prefix: [...prefixes, nobody],
    hash: 'UBIGINT',
    beside: texts ?? 'UINTEGER',
  };
  const find = registerStructLookUp(connection, fields, (numbers, count, found) => {
    const [prefix, hash, beside] = found as [PlainArray, PlainArray, PlainArray];
    // Loops of their own: the look-ups of each do not wait for one another.
    for (let row = 0; row < count; row += 1) {
      const number = numbers[row]!;
      beside[row] = values[number]!;
      hash[2 * row] = of[number]!;
    }
    for (let row = 0; row < count; row += 1) {
      const place = hash[2 * row]!;
      prefix[row] = place === noId ? prefixes.length : words[3 * place + 2]!;
      if (place === noId) continue;
      hash[2 * row] = words[3 * place]!;
      hash[2 * row + 1] = words[3 * place + 1]!;
    }
  });
  const other =
    others.size > 0 ? registerTextLookUp(connection, (number) => others.get(of[number]!)!) : null;
  return {
    find: (number) => `${find}(${number})`,
    hasOne: (found) => `${found}.prefix <> ${quoteText(nobody)}`,
    text: (found, number) => `CASE
      ${other === null ? '' : `WHEN ${found}.prefix = '' THEN ${other}(${number})`}
      WHEN ${found}.hash >= ${sixteenDigits} THEN ${found}.prefix::VARCHAR || lower(to_hex(${found}.hash))
      ELSE format('{}{:016x}', ${found}.prefix::VARCHAR, ${found}.hash) END`,
    beside: (found) => `${found}.beside`,
  };
}

/**
 * A relation `(number)` from 0 on: a table, as nothing else that counts is read by several threads.
 * It lasts as long as the connection.
 */
export async function numbersTo(connection: DuckDBConnection, count: number): Promise<string> {
  const name = `numbers_to_${count}`;
  await connection.run(
    `CREATE TEMP TABLE IF NOT EXISTS ${name} AS
     SELECT range::UINTEGER AS number FROM range(${count})`,
  );
  return name;
}

/** A relation `(number)` of these. */
export async function numbersIn(
  connection: DuckDBConnection,
  numbers: Uint32Array,
): Promise<string> {
  const look = registerLookUp(connection, numbers);
  return `(SELECT ${look}(number) AS number FROM ${await numbersTo(connection, numbers.length)})`;
}
