/**
 * Texts numbered by their hashes where DuckDB cannot hold all of them at a time, as it does to group
 * them. Each is written where it comes for the first time; part by part they are then counted as texts,
 * which says whether each has a number of its own.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { registerNumbering } from '../../../connectors/duckdb-vectors';
import { quotePath } from '../../../connectors/sql-text';
import { noId } from './links';
import { scratchMemoryMiB } from './scratch';
import {
  columnsOf,
  quickHash,
  strongHash,
  type HashOf,
  type NumberedTexts,
  type TextRequest,
} from './text-columns';
import { writeTexts } from './texts-file';

/** DuckDB takes several times as much for a part. */
const bytesOfPart = (scratchMemoryMiB / 8) * 2 ** 20;

/** Numbers the texts of a type, and writes them into the file. */
export async function numberInParts(
  connection: DuckDBConnection,
  request: TextRequest,
): Promise<NumberedTexts> {
  const found =
    (await collectInParts(connection, request, request.hashOf)) ??
    (await collectInParts(connection, request, strongHash));
  if (found !== null) return found;
  throw new Error(`two IDs of type ${request.type.idType} have the same MD5`);
}

/** @returns null where two texts share a number */
async function collectInParts(
  connection: DuckDBConnection,
  request: TextRequest,
  hash: HashOf,
): Promise<NumberedTexts | null> {
  const { type, file, table, first } = request;
  table.begin(first, true);
  let next = first;
  const columns = columnsOf(request);
  const numberings = columns.map((column) =>
    registerNumbering(connection, (hashes, places, count, found) => {
      table.number(hashes, count, column.place, found);
      for (let cell = 0; cell < count; cell += 1) {
        const number = found[cell]!;
        column.numbers[places[cell]!] = number;
        // New numbers come one after the other.
        if (number === next) next += 1;
        else found[cell] = noId;
      }
      column.cells += count;
    }),
  );
  const texts = columns.map(
    ({ sql }, at) =>
      `SELECT raw, number
       FROM (SELECT raw, ${numberings[at]!.name}(${hash('raw')}, row_number) AS number FROM ${sql})
       WHERE number <> ${noId}`,
  );
  try {
    const all = texts.join(' UNION ALL ');
    const { count, ...written } = await writeTexts(connection, all, type, file);
    if (count !== table.count) throw new Error(`${count} texts were written, not ${table.count}`);
    const cells = columns.map(({ sql }) => `SELECT raw FROM ${sql}`).join(' UNION ALL ');
    const parts = Math.max(1, Math.ceil((await bytesOf(connection, file)) / bytesOfPart));
    const distinct = await countDistinct(connection, cells, parts);
    return distinct === count ? { ...written, columns, known: table } : null;
  } finally {
    for (const numbering of numberings) numbering.release();
  }
}

async function bytesOf(connection: DuckDBConnection, file: string): Promise<number> {
  const [row] = await queryRows(
    connection,
    `SELECT sum(strlen(raw)) AS bytes FROM read_parquet(${quotePath(file)})`,
  );
  return Number(row!.bytes);
}

/** How many texts there are, one part after the other. @param cells SQL of `(raw)` */
async function countDistinct(
  connection: DuckDBConnection,
  cells: string,
  parts: number,
): Promise<number> {
  let count = 0;
  for (let part = 0; part < parts; part += 1) {
    const [row] = await queryRows(
      connection,
      `SELECT count(*) AS count FROM (SELECT DISTINCT raw FROM (${cells})
         WHERE ${quickHash('raw')} % ${parts} = ${part})`,
    );
    count += Number(row!.count);
  }
  return count;
}
