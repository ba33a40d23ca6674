import type { PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';

/**
 * Runs a statement that a script brings: as one, so that nothing behind a semicolon leaves the
 * transaction that it is kept in.
 * @throws what the server says, of several statements too
 */
export function runSingle<Row extends QueryResultRow = QueryResultRow>(
  client: Pick<PoolClient, 'query'>,
  text: string,
): Promise<QueryResult<Row>> {
  const query: QueryConfig & { queryMode: 'extended' } = { text, queryMode: 'extended' };
  return client.query<Row>(query);
}
