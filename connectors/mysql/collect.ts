/**
 * What MySQL's and MariaDB's information_schema tells of its tables: one query for their names, one for
 * how many columns some of them have, and five for each slice of those.
 */
import { batchesOf } from '../../model/catalogue/batches';
import {
  definitionOf,
  factsOf,
  type CollectedTable,
  type ForeignKey,
  type IndexDefinition,
} from '../../model/catalogue/collected';
import {
  columnsAtOnce,
  tablesAtOnce,
  type CatalogueSource,
  type CollectedSlice,
  type CollectRequest,
} from '../collect';
import { ownSchema } from '../fencing';
import { takenOf } from '../taken';
import { quoteText } from './names';
import { exactProfile, sample } from './profile';
import type { MysqlSession } from './session';
import type { MysqlSessions } from './sessions';

export function mysqlCatalogue(sessions: MysqlSessions): CatalogueSource {
  return {
    tables: (request) => readTables(sessions, request),
    sample: (request) => sample(sessions, request),
    exactProfile: (request) => exactProfile(sessions, request),
    // Histograms are kept only of columns for which somebody asked, and by MySQL alone.
    statistics: () => null,
  };
}

type Row = (string | null)[];

const systemSchemas = ['information_schema', 'mysql', 'performance_schema', 'sys', ownSchema];

async function* readTables(
  sessions: MysqlSessions,
  { databases, takes, signal }: CollectRequest,
): AsyncGenerator<CollectedSlice> {
  const options = { mode: 'read', signal } as const;
  const named =
    databases === null
      ? ''
      : `AND table_schema IN (${listOf(databases.length ? databases : [''])})`;
  const found = await sessions.transaction(options, (session) =>
    session.query(
      `SELECT table_schema, table_name, table_type FROM information_schema.tables
       WHERE table_schema NOT IN (${listOf(systemSchemas)}) ${named}
         AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
       ORDER BY CAST(table_schema AS BINARY), CAST(table_name AS BINARY)`,
    ),
  );
  const wanted = await takenOf(found, ([schema, name]) => takes(schema!, name!), signal);
  for (let start = 0; start < wanted.length; start += tablesAtOnce) {
    const some = wanted.slice(start, start + tablesAtOnce);
    const columns = await sessions.transaction(options, (session) => countColumns(session, some));
    const columnsOf = (row: Row) => columns.get(keyOf(row)) ?? 0;
    const most = { tables: tablesAtOnce, columns: columnsAtOnce };
    for (const slice of batchesOf(some, columnsOf, most)) {
      const tables = await sessions.transaction(options, (session) => readSlice(session, slice));
      yield { tables, unread: [] };
    }
  }
}

/** Only of tables that are wanted: a server that has no dictionary opens each one for it. */
async function countColumns(
  session: MysqlSession,
  some: readonly Row[],
): Promise<Map<string, number>> {
  const counted = await session.query(
    `SELECT table_schema, table_name, count(*) FROM information_schema.columns
     WHERE ${conditionOf(some)} GROUP BY table_schema, table_name`,
  );
  return new Map(counted.map((row) => [keyOf(row), Number(row[2])]));
}

function listOf(texts: readonly string[]): string {
  return texts.map(quoteText).join(', ');
}

/** By schema, so that the server opens no others. */
function conditionOf(some: readonly Row[]): string {
  const schemas = new Map<string, string[]>();
  for (const [schema, name] of some) schemas.set(schema!, [...(schemas.get(schema!) ?? []), name!]);
  return [...schemas]
    .map(
      ([schema, names]) =>
        `(table_schema = ${quoteText(schema)} AND table_name IN (${listOf(names)}))`,
    )
    .join(' OR ');
}

async function readSlice(session: MysqlSession, some: readonly Row[]): Promise<CollectedTable[]> {
  const condition = conditionOf(some);
  // The first two columns of each answer are the names of schema and table.
  const ask = async (what: string, of: string, more = '') =>
    grouped(
      await session.query(
        `SELECT table_schema, table_name, ${what} FROM information_schema.${of}
         WHERE (${condition}) ${more}`,
      ),
    );
  const facts = await ask(
    `table_comment, table_rows, data_length + index_length, coalesce(update_time, create_time)`,
    'tables',
  );
  const columns = await ask(
    'column_name, column_type, is_nullable, column_default, column_comment',
    'columns',
    'ORDER BY table_schema, table_name, ordinal_position',
  );
  const indexes = await ask(
    'index_name, non_unique, column_name',
    'statistics',
    'ORDER BY table_schema, table_name, index_name, seq_in_index',
  );
  const foreignKeys = await ask(
    `constraint_name, column_name, concat(referenced_table_schema, '.', referenced_table_name),
      referenced_column_name`,
    'key_column_usage',
    `AND referenced_table_name IS NOT NULL
     ORDER BY table_schema, table_name, constraint_name, ordinal_position`,
  );
  const partitions = await ask(
    'partition_name, partition_method, partition_expression',
    'partitions',
    'AND partition_name IS NOT NULL ORDER BY table_schema, table_name, partition_ordinal_position',
  );
  return some.flatMap((row) => {
    const [schema, table, type] = row;
    const key = keyOf(row);
    const [fact] = facts.get(key) ?? [];
    if (fact === undefined) return [];
    const isView = type === 'VIEW';
    const parts = partitions.get(key) ?? [];
    const ofIndexes = groupedBy(indexes.get(key) ?? [], 2);
    return [
      {
        schema: schema!,
        table: table!,
        definition: definitionOf({
          kind: isView ? 'view' : 'table',
          // Of a view it says nothing but that it is one.
          comment: isView ? null : fact[2],
          columns: (columns.get(key) ?? []).map((column) => ({
            name: column[2]!,
            type: column[3]!,
            nullable: isView ? null : column[4] === 'YES',
            // MariaDB writes the word where there is none.
            default: column[5] === 'NULL' ? null : (column[5] ?? null),
            comment: column[6] ?? null,
          })),
          primaryKey: (ofIndexes.get('PRIMARY') ?? []).map((index) => index[4]!),
          indexes: [...ofIndexes]
            .filter(([name]) => name !== 'PRIMARY')
            .map(([name, of]): IndexDefinition => ({
              name,
              columns: of.map((index) => index[4] ?? '(expression)'),
              unique: of[0]![3] === '0',
            })),
          foreignKeys: [...groupedBy(foreignKeys.get(key) ?? [], 2)].map(
            ([name, of]): ForeignKey => ({
              name,
              columns: of.map((one) => one[3]!),
              references: of[0]![4]!,
              referencedColumns: of.map((one) => one[5]!),
            }),
          ),
          partitionedBy: parts.length > 0 ? `${parts[0]![3] ?? ''} (${parts[0]![4] ?? ''})` : null,
        }),
        facts: factsOf({
          rows: isView ? null : numberOf(fact[3]),
          bytes: isView ? null : numberOf(fact[4]),
          changedAt: isView ? null : timeOf(fact[5]),
          partitionCount: parts.length > 0 ? parts.length : null,
          partitions: parts.map((part) => part[2]!),
        }),
      },
    ];
  });
}

function keyOf([schema, table]: Row): string {
  return JSON.stringify([schema, table]);
}

function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

function groupedBy(rows: readonly Row[], place: number): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row[place] ?? '';
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return groups;
}

function numberOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}

/** Sessions are in UTC. */
function timeOf(text: string | null | undefined): string | null {
  if (!text) return null;
  const time = new Date(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
