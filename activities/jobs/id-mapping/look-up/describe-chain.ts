/** The shortest chain between two IDs of a user, in the words of the tables. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../../connectors/duckdb-engine';
import { quoteText } from '../../../../connectors/sql-text';
import { TablegateError } from '../../../../model/errors';
import type { IdChain, LookedUpId } from '../../../../model/look-up';
import { noId } from '../links';
import type { SourceTable } from '../messages';
import { mostListed, roomFor } from './bounds';
import { findChain, type ChainLink, type Lines } from './chain';
import { loadLines } from './lines';
import type { LookUpRequest } from './messages';
import { wordsOf } from './refusals';
import type { FoundId } from './result';

/** Number of an ID in `members`. */
async function numberOf(engine: DuckDBConnection, id: LookedUpId): Promise<number> {
  const [row] = await queryRows(
    engine,
    `SELECT id FROM members
     WHERE id_type = ${quoteText(id.idType)} AND id_value = ${quoteText(id.value)}`,
  );
  return Number(row?.id);
}

/** Cells of the line that a link shows. */
function cellsOf(lines: Lines[], { table, line }: ChainLink): number[] {
  return (lines[table] as Lines).columns.map((column) => column[line] as number);
}

/** The IDs of these numbers. */
async function readIds(
  engine: DuckDBConnection,
  numbers: Iterable<number>,
): Promise<Map<number, LookedUpId>> {
  const list = [...new Set(numbers)].join(', ');
  if (list === '') return new Map();
  const rows = await queryRows(
    engine,
    `SELECT id, id_type, id_value FROM members WHERE id IN (${list})`,
  );
  return new Map(
    rows.map((row) => [
      Number(row.id),
      { idType: String(row.id_type), value: String(row.id_value) },
    ]),
  );
}

async function describeLinks(
  engine: DuckDBConnection,
  tables: SourceTable[],
  lines: Lines[],
  links: ChainLink[],
): Promise<IdChain['links']> {
  const numbers = links.flatMap((link) => cellsOf(lines, link)).filter((id) => id !== noId);
  const ids = await readIds(engine, numbers);
  const idOf = (number: number) => ids.get(number) as LookedUpId;
  return links.map((link) => {
    const { name, idColumns } = tables[link.table] as SourceTable;
    const row = cellsOf(lines, link).flatMap((id, at) =>
      id === noId ? [] : [{ column: (idColumns[at] as { column: string }).column, ...idOf(id) }],
    );
    return { table: name, from: idOf(link.from), to: idOf(link.to), row, rows: link.rows };
  });
}

/**
 * Once `members` and all `lines_<n>` are there.
 * @throws TablegateError sourcesChanged where no rows join the two any more; lookUpTooLarge
 */
export async function describeChain(
  engine: DuckDBConnection,
  { tables }: LookUpRequest,
  { oneId, runId }: FoundId,
  idCount: number,
  [from, to]: [LookedUpId, LookedUpId],
): Promise<IdChain> {
  const lines = await loadLines(engine, tables);
  const ends = [await numberOf(engine, from), await numberOf(engine, to)] as const;
  const chain = findChain(lines, idCount, ...ends, mostListed);
  if (chain === null) {
    throw new TablegateError(
      'sourcesChanged',
      `No rows join ${wordsOf(from)} and ${wordsOf(to)} any more: the tables have changed since run ${runId}; run the task again.`,
    );
  }
  const links = roomFor(await describeLinks(engine, tables, lines, chain.links));
  const { length } = chain;
  return { oneId, runId, from, to, length, truncated: links.length < length, links };
}
