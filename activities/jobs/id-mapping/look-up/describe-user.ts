/** A user with its IDs, and where they stand. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../../connectors/duckdb-engine';
import type { LookedUpUser } from '../../../../model/look-up';
import type { SourceTable } from '../messages';
import { mostListed, roomFor } from './bounds';
import { cellNames, countRows, linesName } from './lines';
import type { LookUpRequest } from './messages';
import { readChanges, type FoundId } from './result';

type ListedIds = LookedUpUser['ids'];

/** Makes `stands (id, place, row_count)`: how many rows of which table hold an ID. */
async function countStands(engine: DuckDBConnection, tables: SourceTable[]): Promise<void> {
  await engine.run('CREATE TABLE stands (id UINTEGER, place USMALLINT, row_count UBIGINT)');
  for (const [place, table] of tables.entries()) {
    // A row that holds an ID twice is one row.
    const ids = `unnest(list_distinct([${cellNames(table).join(', ')}]))`;
    await engine.run(
      `INSERT INTO stands SELECT id, ${place}, sum(row_count)
       FROM (SELECT ${ids} AS id, row_count FROM ${linesName(place)}) GROUP BY id`,
    );
  }
}

/** Those in most rows first, then by type and value. */
async function listIds(engine: DuckDBConnection, tables: SourceTable[]): Promise<ListedIds> {
  await engine.run(
    `CREATE TABLE listed AS
     SELECT m.id, id_type, id_value, first_table, coalesce(sum(row_count), 0) AS row_count
     FROM members m LEFT JOIN stands s ON s.id = m.id
     GROUP BY ALL ORDER BY row_count DESC, m.id LIMIT ${mostListed}`,
  );
  const ids = await queryRows(engine, 'SELECT * FROM listed ORDER BY row_count DESC, id');
  const stands = await queryRows(
    engine,
    'SELECT id, place, row_count FROM stands SEMI JOIN listed USING (id) ORDER BY place',
  );
  const tablesOf = new Map<number, ListedIds[number]['tables']>();
  for (const { id, place, row_count } of stands) {
    const known = tablesOf.get(Number(id)) ?? [];
    known.push({ table: (tables[Number(place)] as SourceTable).name, rows: Number(row_count) });
    tablesOf.set(Number(id), known);
  }
  return ids.map((row) => ({
    idType: String(row.id_type),
    value: String(row.id_value),
    firstTable: String(row.first_table),
    tables: tablesOf.get(Number(row.id)) ?? [],
  }));
}

/** Once `members` and all `lines_<n>` are there. */
export async function describeUser(
  engine: DuckDBConnection,
  request: LookUpRequest,
  { oneId, runId }: FoundId,
  idCount: number,
): Promise<LookedUpUser> {
  const { tables } = request;
  await countStands(engine, tables);
  const ids = roomFor(await listIds(engine, tables));
  const changes = await readChanges(engine, request, oneId, mostListed + 1);
  const counted = await countRows(engine, tables);
  return {
    ...{ oneId, runId, idCount },
    truncated: ids.length < idCount || changes.length > mostListed,
    ids,
    tables: counted.filter(({ rows }) => rows > 0),
    changes: changes.slice(0, mostListed),
  };
}
