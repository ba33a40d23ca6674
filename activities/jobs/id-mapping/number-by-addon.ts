/** Texts numbered by the addon: it compares them as a whole, while the tables are read. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddonTexts, Numbering } from '../../../native/texts';
import { noId } from './links';
import { columnsOf, type NumberedTexts, type TextRequest } from './text-columns';
import { writeTexts } from './texts-file';

/** @returns null where two texts have one hash, or the texts take more room than the addon has */
export async function numberByAddon(
  connection: DuckDBConnection,
  request: TextRequest,
  texts: AddonTexts,
): Promise<NumberedTexts | null> {
  const { type, file, first, hashOf } = request;
  if (!texts.begin(first)) return null;
  const columns = columnsOf(request);
  const numberings: Numbering[] = [];
  const cells: string[] = [];
  try {
    for (const { numbers, place, sql } of columns) {
      const numbering = texts.number(connection, numbers, place);
      numberings.push(numbering);
      cells.push(
        `SELECT raw, number
         FROM (SELECT raw, ${numbering.name}(raw, ${hashOf('raw')}, row_number) AS number FROM ${sql})
         WHERE number <> ${noId}`,
      );
    }
    const all = cells.join(' UNION ALL ');
    const { count, ...written } = await writeTexts(connection, all, type, file);
    if (texts.count === null) {
      // What comes next needs the memory.
      texts.end();
      return null;
    }
    const known = texts.read();
    if (count !== known.count) throw new Error(`${count} texts were written, not ${known.count}`);
    return { ...written, columns, known };
  } finally {
    for (const [at, numbering] of numberings.entries()) columns[at]!.cells = numbering.release();
  }
}
