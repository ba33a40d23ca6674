/** Gives every component its one_id. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { quoteText } from '../../../connectors/sql-text';

/**
 * Makes `users (root, one_id)` from `ids` and `components`: one row a component, each one_id once.
 * The one_id is made from the component's first ID (by type, then value), so that the same content
 * gets the same one, whatever the order of rows and tables.
 * @returns number of users
 */
export async function assignOneIds(
  connection: DuckDBConnection,
  idTypes: string[],
): Promise<number> {
  const names = idTypes.map((idType) => quoteText(idType)).join(', ');
  // No name of a type holds a colon, so different IDs are never one text.
  await connection.run(
    `CREATE TABLE users AS
     SELECT i.rowid::UINTEGER AS root,
       left(sha256([${names}][i.type + 1] || ':' || i.value), 32) AS one_id
     FROM ids i SEMI JOIN components c ON c.id = i.rowid AND c.root = i.rowid`,
  );
  const [row] = await queryRows(
    connection,
    'SELECT count(*) AS users, count(DISTINCT one_id) AS one_ids FROM users',
  );
  if (row?.users !== row?.one_ids) throw new Error('two users were given the same one_id');
  return Number(row?.users);
}
