/** What the values of a relation of DuckDB are like: some of its rows, or a profile by all of them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  hasQuantiles,
  keptValue,
  mostTopValues,
  quantileShares,
  round,
  type ColumnProfile,
} from '../model/catalogue/profile';
import { isTelling, sampledCharacters, sampledRows, type ExactProfile } from './collect';
import type { ColumnInfo } from './connector';
import { queryRows, type EngineLimits } from './duckdb-engine';
import { quoteIdentifier } from './sql-text';

/** Reading through a table in the background; what does not fit is spilled. */
export const valuesEngine = (spillDir: string): EngineLimits => ({
  threads: 2,
  memoryMiB: 256,
  spillDir,
});

/** Up to so many rows a sample is drawn from all of them; above, from some of their blocks. */
const drawnFromAll = 200_000;
/** So many times the rows that are wanted are read of those blocks. */
const blockSurplus = 4;

/**
 * Rows from all over a relation, every value as text, cut.
 * @param rows as many as it has; null: not known
 */
export async function sampleValues(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly ColumnInfo[],
  rows: number | null,
): Promise<(string | null)[][]> {
  if (columns.length === 0) return [];
  const cells = columns
    .map(({ name }) => `left(${quoteIdentifier(name)}::VARCHAR, ${sampledCharacters})`)
    .join(', ');
  const read = async (drawn: string): Promise<(string | null)[][]> => {
    const result = await connection.runAndReadAll(`SELECT ${cells} FROM ${drawn}`);
    return result.getRowsJS() as (string | null)[][];
  };
  if (rows !== null && rows > drawnFromAll) {
    const percent = Math.min(100, (100 * blockSurplus * sampledRows) / rows);
    const some = await read(
      `(SELECT * FROM ${relation} USING SAMPLE system(${percent.toFixed(4)} PERCENT)) LIMIT ${sampledRows}`,
    );
    // Of few, large blocks none may be drawn.
    if (some.length >= sampledRows / 10) return some;
  }
  return read(`${relation} USING SAMPLE reservoir(${sampledRows} ROWS) REPEATABLE (1)`);
}

/** Of values that are made of others only their number is told. */
const composed = /(?:\[\d*\]|^(?:STRUCT|MAP|UNION|JSON|BLOB|BIT|GEOMETRY|VARIANT).*)$/i;

/** A profile by all rows, computed by DuckDB: one pass for the aggregates, one for the top values. */
export async function profileRelation(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly ColumnInfo[],
): Promise<ExactProfile> {
  const [row = {}] = await queryRows(connection, aggregatesSql(relation, columns));
  const rows = Number(row.n);
  const telling = columns.flatMap((_, place) =>
    isTelling(Number(row[`c${place}`]), Number(row[`d${place}`] ?? Infinity)) ? [place] : [],
  );
  const tops = await topValues(connection, relation, columns, telling);
  return {
    rows,
    columns: columns.map((column, place): ColumnProfile => {
      const present = Number(row[`c${place}`]);
      const text = (key: string): string | null => {
        const value = row[`${key}${place}`];
        return typeof value === 'string' ? keptValue(value) : null;
      };
      const quantiles = row[`q${place}`] as (string | null)[] | null | undefined;
      return {
        nullShare: rows === 0 ? null : round(1 - present / rows),
        distinct: composed.test(column.type) ? null : Number(row[`d${place}`]),
        min: text('min'),
        max: text('max'),
        quantiles: quantiles?.every((value) => value !== null)
          ? quantiles.map((value) => keptValue(String(value)))
          : null,
        top: (tops.get(place) ?? []).map(({ value, count }) => ({
          value: keptValue(value),
          share: round(count / rows),
        })),
        withheld: false,
      };
    }),
  };
}

function aggregatesSql(relation: string, columns: readonly ColumnInfo[]): string {
  const parts = columns.flatMap(({ name, type }, place) => {
    const column = quoteIdentifier(name);
    const count = `count(${column}) AS c${place}`;
    if (composed.test(type)) return [count];
    const shares = quantileShares.join(', ');
    return [
      count,
      `count(DISTINCT ${column}) AS d${place}`,
      `min(${column})::VARCHAR AS min${place}`,
      `max(${column})::VARCHAR AS max${place}`,
      ...(hasQuantiles(type)
        ? [`quantile_disc(${column}, [${shares}])::VARCHAR[] AS q${place}`]
        : []),
    ];
  });
  return `SELECT ${['count(*) AS n', ...parts].join(', ')} FROM ${relation}`;
}

async function topValues(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly ColumnInfo[],
  places: readonly number[],
): Promise<Map<number, { value: string; count: number }[]>> {
  const selects = places.map((place) => {
    const column = quoteIdentifier(columns[place]!.name);
    return `(SELECT ${place} AS place, ${column}::VARCHAR AS value, count(*)::DOUBLE AS count
        FROM ${relation} WHERE ${column} IS NOT NULL GROUP BY ${column}
        ORDER BY count DESC, value LIMIT ${mostTopValues})`;
  });
  const tops = new Map<number, { value: string; count: number }[]>();
  if (selects.length === 0) return tops;
  for (const row of await queryRows(connection, selects.join(' UNION ALL '))) {
    const place = Number(row.place);
    const kept = { value: String(row.value), count: Number(row.count) };
    tops.set(place, [...(tops.get(place) ?? []), kept]);
  }
  return tops;
}
