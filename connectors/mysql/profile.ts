/** What the values of a table of MySQL are like: some of its rows, or a profile by all of them. */
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
import { quoteIdentifier, quoteName } from './names';
import type { MysqlSession } from './session';
import type { MysqlSessions } from './sessions';

/** Up to so many rows a sample is drawn from all of them; above, the first that come by chance. */
const drawnFromAll = 50_000;

/** Bytes have no text; all else is cut there, so that long values are not brought here. */
function textOf({ name, type }: ColumnInfo): string {
  const column = quoteIdentifier(name);
  return /^(?:tiny|medium|long)?blob|binary|^bit|^geometry/i.test(type)
    ? `left(hex(${column}), ${sampledCharacters})`
    : `left(convert(${column}, char), ${sampledCharacters})`;
}

export async function sample(
  sessions: MysqlSessions,
  { ref, kind, columns, rows, signal }: ValuesRequest,
): Promise<(string | null)[][]> {
  if (columns.length === 0) return [];
  const table = quoteName(ref.schema, ref.table);
  // There is no sampling of blocks: each row of a large table is taken with a chance, until there
  // are enough.
  const drawn =
    kind !== 'table' || rows === null
      ? ''
      : rows > drawnFromAll
        ? `WHERE rand() < ${Math.min(1, (4 * sampledRows) / rows)}`
        : 'ORDER BY rand()';
  return sessions.transaction({ mode: 'read', signal }, (session) =>
    session.query(
      `SELECT ${columns.map(textOf).join(', ')} FROM ${table} ${drawn} LIMIT ${sampledRows}`,
    ),
  );
}

/** Of values that have no order, or an order that says nothing, the ends are not told. */
const ordered =
  /^(?:tiny|small|medium|big)?int|^(?:decimal|numeric|float|double|year|date|time|char|varchar|(?:tiny|medium|long)?text|enum|uuid|inet)/i;

/** One pass for the aggregates; one for each column that has quantiles, or values that repeat. */
export async function exactProfile(
  sessions: MysqlSessions,
  { ref, columns, signal }: ValuesRequest,
): Promise<ExactProfile> {
  const table = quoteName(ref.schema, ref.table);
  return sessions.transaction({ mode: 'read', signal }, async (session) => {
    const [answer = []] = await session.query(aggregatesSql(table, columns));
    const rows = Number(answer[0]);
    const profiles: ColumnProfile[] = [];
    for (const [place, column] of columns.entries()) {
      const [present = '0', distinct = '0', min = null, max = null] = answer.slice(1 + 4 * place);
      const counts = { rows, present: Number(present), distinct: Number(distinct) };
      profiles.push({
        nullShare: rows === 0 ? null : round(1 - counts.present / rows),
        distinct: counts.distinct,
        min: min === null ? null : keptValue(min),
        max: max === null ? null : keptValue(max),
        quantiles: await quantilesOf(session, table, column, counts.present),
        top: await topOf(session, table, column, counts),
        withheld: false,
      });
    }
    return { rows, columns: profiles };
  });
}

function aggregatesSql(table: string, columns: readonly ColumnInfo[]): string {
  const parts = columns.flatMap((column) => {
    const name = quoteIdentifier(column.name);
    const ends = ordered.test(column.type)
      ? [`convert(min(${name}), char)`, `convert(max(${name}), char)`]
      : ['NULL', 'NULL'];
    return [`count(${name})`, `count(DISTINCT ${name})`, ...ends];
  });
  return `SELECT ${['count(*)', ...parts].join(', ')} FROM ${table}`;
}

async function quantilesOf(
  session: MysqlSession,
  table: string,
  { name, type }: ColumnInfo,
  present: number,
): Promise<string[] | null> {
  if (present === 0 || !hasQuantiles(type)) return null;
  const column = quoteIdentifier(name);
  const places = quantileShares.map((share) => Math.max(1, Math.ceil(share * present)));
  const rows = await session.query(
    `SELECT place, convert(value, char) FROM (
       SELECT ${column} AS value, row_number() OVER (ORDER BY ${column}) AS place
       FROM ${table} WHERE ${column} IS NOT NULL
     ) AS placed WHERE place IN (${places.join(', ')})`,
  );
  const values = new Map(rows.map(([place, value]) => [Number(place), value ?? '']));
  return places.map((place) => keptValue(values.get(place) ?? ''));
}

async function topOf(
  session: MysqlSession,
  table: string,
  column: ColumnInfo,
  { rows, present, distinct }: { rows: number; present: number; distinct: number },
): Promise<ColumnProfile['top']> {
  if (!isTelling(present, distinct)) return [];
  const name = quoteIdentifier(column.name);
  const found = await session.query(
    `SELECT ${textOf(column).replaceAll(name, `min(${name})`)}, count(*) FROM ${table}
     WHERE ${name} IS NOT NULL GROUP BY ${name} ORDER BY count(*) DESC, 1 LIMIT ${mostTopValues}`,
  );
  return found.map(([value, count]) => ({
    value: keptValue(value ?? ''),
    share: round(Number(count) / rows),
  }));
}
