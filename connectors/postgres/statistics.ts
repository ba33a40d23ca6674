/** What PostgreSQL keeps about values for its planner: one query, no table is read. */
import { profileOfStatistics } from '../../model/catalogue/statistics';
import type { ColumnStatistics } from '../collect';
import type { TableRef } from '../connector';
import type { PostgresSessions } from './sessions';

// Of a partitioned table those over all parts count.
const statisticsSql = `
  SELECT DISTINCT ON (s.schemaname, s.tablename, s.attname)
    s.schemaname AS schema, s.tablename AS table, s.attname AS column,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, s.null_frac AS null_share,
    CASE WHEN s.n_distinct >= 0 THEN s.n_distinct
      WHEN c.reltuples >= 0 THEN round(-s.n_distinct * c.reltuples) END AS distinct,
    pg_catalog.array_to_json(s.most_common_vals::text::text[]) AS frequent,
    pg_catalog.array_to_json(s.most_common_freqs) AS shares,
    pg_catalog.array_to_json(s.histogram_bounds::text::text[]) AS bounds
  FROM unnest($1::text[], $2::text[]) AS wanted (schema, name)
  JOIN pg_catalog.pg_stats s ON s.schemaname = wanted.schema AND s.tablename = wanted.name
  JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
  ORDER BY s.schemaname, s.tablename, s.attname, s.inherited DESC`;

type Row = Record<
  | 'schema'
  | 'table'
  | 'column'
  | 'type'
  | 'null_share'
  | 'distinct'
  | 'frequent'
  | 'shares'
  | 'bounds',
  string | null
>;

/** @returns by `schema.table` and column; a table that was never analysed is not among them */
export async function statisticsOf(
  sessions: PostgresSessions,
  refs: readonly TableRef[],
  signal: AbortSignal,
): Promise<Map<string, Map<string, ColumnStatistics>>> {
  const names = [refs.map(({ schema }) => schema), refs.map(({ table }) => table)];
  const { rows } = await sessions.transaction({ mode: 'read', signal }, (client) =>
    client.query<Row>(statisticsSql, names),
  );
  const found = new Map<string, Map<string, ColumnStatistics>>();
  for (const row of rows) {
    const name = `${row.schema}.${row.table}`;
    const table = found.get(name) ?? new Map<string, ColumnStatistics>();
    found.set(name, table.set(row.column!, columnOf(row)));
  }
  return found;
}

function columnOf(row: Row): ColumnStatistics {
  const values = listOf<string>(row.frequent);
  const shares = listOf<number>(row.shares);
  const bounds = listOf<string>(row.bounds);
  const kept = {
    nullShare: Number(row.null_share),
    distinct: row.distinct === null ? null : Number(row.distinct),
    frequent: values.map((value, place) => ({ value, share: shares[place] ?? 0 })),
    bounds,
  };
  return { profile: profileOfStatistics(row.type!, kept), values: [...values, ...bounds] };
}

function listOf<Item>(json: string | null): Item[] {
  return json === null ? [] : (JSON.parse(json) as Item[]);
}
