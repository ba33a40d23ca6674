/** What the values of a table of PostgreSQL are like: some of its rows, or a profile by all of them. */
import type { PoolClient } from 'pg';
import {
  hasQuantiles,
  keptValue,
  mostTopValues,
  quantileShares,
  round,
  type ColumnProfile,
} from '../../model/catalogue/profile';
import {
  isTelling,
  sampledCharacters,
  sampledRows,
  type ExactProfile,
  type ValuesRequest,
} from '../collect';
import type { ColumnInfo } from '../connector';
import { quoteIdentifier, quoteName } from '../sql-text';
import type { PostgresSessions } from './sessions';

/** Up to so many rows a sample is drawn from all of them; above, from some of their blocks. */
const drawnFromAll = 10_000;
/** So many times the rows that are wanted are drawn, as blocks are not equally full. */
const surplus = 2;

export async function sample(
  sessions: PostgresSessions,
  { ref, kind, columns, rows, signal }: ValuesRequest,
): Promise<(string | null)[][]> {
  if (columns.length === 0) return [];
  const cells = columns.map(
    ({ name }) => `pg_catalog.left(${quoteIdentifier(name)}::text, ${sampledCharacters})`,
  );
  const table = quoteName(ref.schema, ref.table);
  const hasBlocks = kind === 'table' || kind === 'materializedView';
  const percent = rows === null ? 100 : Math.min(100, (100 * surplus * sampledRows) / rows);
  // Views may be anything: their first rows have to do.
  const drawn =
    hasBlocks && rows !== null && rows > drawnFromAll
      ? `${table} TABLESAMPLE SYSTEM (${percent.toFixed(4)})`
      : hasBlocks && rows !== null
        ? `(SELECT * FROM ${table} ORDER BY random() LIMIT ${sampledRows}) AS drawn`
        : table;
  return sessions.transaction({ mode: 'read', signal }, async (client) => {
    const answer = await client.query<(string | null)[]>({
      text: `SELECT ${cells.join(', ')} FROM ${drawn} LIMIT ${sampledRows}`,
      rowMode: 'array',
    });
    return answer.rows;
  });
}

/** Types whose values have an order and are told apart as they are; of others the rows are counted. */
const ordered =
  /^(?:"char"|char|character|varchar|text|name|citext|date|time|timestamp|interval|uuid|inet|smallint|integer|bigint|real|double|numeric|decimal|money|oid)(?!.*\[\])/;
/** Types without equality. */
const incomparable = /^(?:json|xml|point|polygon|box|path|line|lseg|circle)(?!b)/;

/** One pass for the aggregates, and one for the most frequent values of columns that repeat any. */
export async function exactProfile(
  sessions: PostgresSessions,
  { ref, columns, signal }: ValuesRequest,
): Promise<ExactProfile> {
  const table = quoteName(ref.schema, ref.table);
  return sessions.transaction({ mode: 'read', signal }, async (client) => {
    const { rows: answer } = await client.query<Record<string, string | null>>(
      aggregatesSql(table, columns),
    );
    const row = answer[0]!;
    const rows = Number(row.n);
    const tops = await topValues(client, table, columns, row);
    return {
      rows,
      columns: columns.map((_, place): ColumnProfile => {
        const quantiles = row[`q${place}`];
        return {
          nullShare: rows === 0 ? null : round(1 - Number(row[`c${place}`]) / rows),
          distinct: Number(row[`d${place}`]),
          min: textOf(row[`min${place}`]),
          max: textOf(row[`max${place}`]),
          quantiles: quantiles ? (JSON.parse(quantiles) as string[]).map(keptValue) : null,
          top: (tops.get(place) ?? []).map(({ value, count }) => ({
            value: keptValue(value),
            share: round(count / rows),
          })),
          withheld: false,
        };
      }),
    };
  });
}

function textOf(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : keptValue(value);
}

/** A column as its values can be told apart. */
function comparable({ name, type }: ColumnInfo): string {
  return incomparable.test(type) ? `${quoteIdentifier(name)}::text` : quoteIdentifier(name);
}

export function aggregatesSql(table: string, columns: readonly ColumnInfo[]): string {
  const parts = columns.flatMap((column, place) => {
    const name = quoteIdentifier(column.name);
    const told = [
      `count(${name}) AS c${place}`,
      `count(DISTINCT ${comparable(column)}) AS d${place}`,
    ];
    if (ordered.test(column.type)) {
      const order = column.type === 'uuid' ? `${name}::text` : name;
      told.push(`min(${order})::text AS min${place}`, `max(${order})::text AS max${place}`);
    }
    if (hasQuantiles(column.type) && ordered.test(column.type)) {
      const shares = `ARRAY[${quantileShares.join(', ')}]`;
      told.push(
        `array_to_json((percentile_disc(${shares}) WITHIN GROUP (ORDER BY ${name}))::text[]) AS q${place}`,
      );
    }
    return told;
  });
  return `SELECT ${['count(*) AS n', ...parts].join(', ')} FROM ${table}`;
}

async function topValues(
  client: PoolClient,
  table: string,
  columns: readonly ColumnInfo[],
  row: Record<string, string | null>,
): Promise<Map<number, { value: string; count: number }[]>> {
  const places = columns.flatMap((_, place) =>
    isTelling(Number(row[`c${place}`]), Number(row[`d${place}`])) ? [place] : [],
  );
  const tops = new Map<number, { value: string; count: number }[]>();
  if (places.length === 0) return tops;
  const selects = places.map((place) => {
    const value = comparable(columns[place]!);
    return `(SELECT ${place} AS place, pg_catalog.left(${value}::text, ${sampledCharacters}) AS value, count(*) AS count
      FROM ${table} WHERE ${value} IS NOT NULL GROUP BY ${value}
      ORDER BY count(*) DESC, 2 LIMIT ${mostTopValues})`;
  });
  const { rows } = await client.query<Record<string, string>>(selects.join(' UNION ALL '));
  for (const { place, value, count } of rows) {
    const known = tops.get(Number(place)) ?? [];
    tops.set(Number(place), [...known, { value: value!, count: Number(count) }]);
  }
  return tops;
}
