/** Whether two sides have found the same users, judged by every single ID. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../connectors/duckdb-engine';
import { quotePath, quoteText } from '../../connectors/sql-text';
import { withBenchEngine } from './engine';

export interface SameUsers {
  ids: number;
  users: number;
  /** IDs of the user with the most. */
  largest: number;
}

/**
 * Compares two results. Each side names users in its own way: that of one stands for that of the
 * other in all of their IDs, both ways round. First tables are compared too.
 * @param oursFile database with the table `main.id_mapping`
 * @param theirsFile Parquet file with the same columns
 * @throws Error saying what differs
 */
export function expectSameUsers(
  oursFile: string,
  theirsFile: string,
  spillDir: string,
): Promise<SameUsers> {
  return withBenchEngine(spillDir, async (connection) => {
    await connection.run(`ATTACH ${quoteText(oursFile)} AS ours (TYPE duckdb, READ_ONLY)`);
    const theirs = `read_parquet(${quotePath(theirsFile)})`;
    await pairUp(connection, theirs);
    const found = await countPairs(connection, theirs);
    const { ids, users, largest } = found;
    const differences = [
      [found.oneSided, 'IDs are in one result only'],
      [ids - found.ourRows, 'IDs are several times in theirs'],
      [ids - found.theirRows, 'IDs are several times in ours'],
      [found.otherFirst, 'IDs have other first tables'],
      [users - found.ours, 'users of ours are several of theirs'],
      [users - found.theirs, 'users of theirs are several of ours'],
    ] as const;
    const wrong = differences.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
    if (wrong.length > 0) throw new Error(`${theirsFile} differs from ours: ${wrong.join('; ')}`);
    return { ids, users, largest };
  });
}

/** Makes `pairs`: the users that the IDs have in both results, with how many IDs. */
async function pairUp(connection: DuckDBConnection, theirs: string): Promise<void> {
  await connection.run(
    `CREATE TABLE pairs AS
     SELECT o.one_id AS ours, t.one_id AS theirs, count(*) AS ids,
       count(*) FILTER (o.first_table <> t.first_table) AS other_first
     FROM ours.main.id_mapping AS o FULL JOIN ${theirs} AS t USING (id_type, id_value)
     GROUP BY o.one_id, t.one_id`,
  );
}

async function countPairs(connection: DuckDBConnection, theirs: string) {
  const [row] = await queryRows(
    connection,
    `SELECT sum(ids) AS ids, count(*) AS users, max(ids) AS largest,
       count(DISTINCT ours) AS ours, count(DISTINCT theirs) AS theirs,
       coalesce(sum(ids) FILTER (ours IS NULL OR theirs IS NULL), 0) AS one_sided,
       sum(other_first) AS other_first,
       (SELECT count(*) FROM ours.main.id_mapping) AS our_rows,
       (SELECT count(*) FROM ${theirs}) AS their_rows
     FROM pairs`,
  );
  const count = (name: string): number => Number(row?.[name]);
  return {
    ...{ ids: count('ids'), users: count('users'), largest: count('largest') },
    ...{ ours: count('ours'), theirs: count('theirs') },
    ...{ ourRows: count('our_rows'), theirRows: count('their_rows') },
    ...{ oneSided: count('one_sided'), otherFirst: count('other_first') },
  };
}
