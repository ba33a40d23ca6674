/** The distinct texts of one type, on their way into a file. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { copyToParquet, smallRowGroups } from '../../../connectors/parquet-copy';
import { fillerSql, normalSql } from './id-sql';
import type { TypeRules } from './scratch';

/** What a file of texts holds. */
export interface WrittenTexts {
  count: number;
  /** Whether some texts name nobody, or are fillers. */
  someLeftOut: boolean;
  /** Whether the normal form of some texts is another text. */
  someOther: boolean;
}

/**
 * For a file of ours that is read a few times and then removed: of texts that are all different a
 * dictionary is tried in vain, and compressing takes longer than what it saves.
 */
const quickly = ['COMPRESSION uncompressed', 'DICTIONARY_SIZE_LIMIT 1', smallRowGroups];

/**
 * Writes a Parquet file `(raw, number, value, nobody, filler)`: `value` is the normal form of a text where
 * that is another text, and `nobody` says that it has none.
 * @param connection may not keep the order of rows (`preserve_insertion_order`), as `smallRowGroups` says
 * @param texts SQL of `(raw, number)`, each text once
 */
export async function writeTexts(
  connection: DuckDBConnection,
  texts: string,
  { rules }: TypeRules,
  file: string,
): Promise<WrittenTexts> {
  const sql = `SELECT raw, number, nullif(value, raw) AS value, value IS NULL AS nobody,
         coalesce(${fillerSql('value', rules)}, false) AS filler
       FROM (SELECT raw, number, ${normalSql('raw', rules)} AS value FROM (${texts}))`;
  const { rows: count, statistics } = await copyToParquet(connection, sql, file, quickly);
  const some = (column: string): boolean => count > 0 && statistics[column]!.max !== '0';
  return {
    count,
    someLeftOut: some('nobody') || some('filler'),
    someOther: statistics.value!.null_count !== String(count),
  };
}
