/**
 * What PostgreSQL's own catalogue tells of its tables: one query for their names, and four for each
 * slice of them.
 */
import type { PoolClient } from 'pg';
import { batchesOf } from '../../model/catalogue/batches';
import {
  definitionOf,
  factsOf,
  type CollectedTable,
  type ForeignKey,
  type IndexDefinition,
  type TableKind,
  type UnreadTable,
} from '../../model/catalogue/collected';
import {
  columnsAtOnce,
  tablesAtOnce,
  type CatalogueSource,
  type CollectedSlice,
  type CollectRequest,
} from '../collect';
import { ownSchema } from '../fencing';
import { exactProfile, sample } from './profile';
import { takenOf } from '../taken';
import type { PostgresSessions } from './sessions';
import { statisticsOf } from './statistics';

export function postgresCatalogue(sessions: PostgresSessions): CatalogueSource {
  return {
    tables: (request) => readTables(sessions, request),
    sample: (request) => sample(sessions, request),
    exactProfile: (request) => exactProfile(sessions, request),
    statistics: (refs, signal) => statisticsOf(sessions, refs, signal),
  };
}

type Row = Record<string, string | null>;

/** By `relkind`. */
const kinds: Record<string, TableKind> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materializedView',
  f: 'foreignTable',
};

const namesSql = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relnatts AS columns
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname NOT IN ('information_schema', '${ownSchema}') AND n.nspname !~ '^pg_'
    AND ($1::text[] IS NULL OR n.nspname = ANY ($1))
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

// Of a partitioned table the parts are counted and weighed; those have no entries of their own.
const factsSql = `
  SELECT c.oid, pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
    CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partitioned_by,
    CASE WHEN c.relkind = 'p' THEN parts.rows ELSE c.reltuples END AS rows,
    CASE WHEN c.relkind = 'p' THEN parts.bytes
      WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_total_relation_size(c.oid) END AS bytes,
    parts.names AS partitions
  FROM pg_catalog.pg_class c
  LEFT JOIN LATERAL (
    SELECT pg_catalog.json_agg(part.relname ORDER BY part.relname) AS names,
      CASE WHEN bool_and(part.reltuples >= 0) THEN sum(part.reltuples) ELSE -1 END AS rows,
      sum(pg_catalog.pg_total_relation_size(part.oid)) AS bytes
    FROM pg_catalog.pg_partition_tree(c.oid) tree
    JOIN pg_catalog.pg_class part ON part.oid = tree.relid
    WHERE tree.isleaf AND c.relkind = 'p'
  ) parts ON c.relkind = 'p'
  WHERE c.oid = ANY ($1::oid[])`;

const columnsSql = `
  SELECT a.attrelid AS oid, a.attname AS name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS "default", said.description AS comment
  FROM pg_catalog.pg_attribute a
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_description said ON said.objoid = a.attrelid
    AND said.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND said.objsubid = a.attnum
  WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

const indexesSql = `
  SELECT i.indrelid AS oid, c.relname AS name, i.indisunique AS is_unique,
    i.indisprimary AS is_primary,
    (
      SELECT pg_catalog.json_agg(
        coalesce(a.attname, pg_catalog.pg_get_indexdef(i.indexrelid, place, true)) ORDER BY place
      )
      FROM pg_catalog.generate_series(1, i.indnkeyatts) AS place
      LEFT JOIN pg_catalog.pg_attribute a
        ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place - 1] AND a.attnum <> 0
    ) AS columns
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = ANY ($1::oid[])`;

const foreignKeysSql = `
  SELECT k.conrelid AS oid, k.conname AS name, n.nspname || '.' || c.relname AS references,
    (
      SELECT pg_catalog.json_agg(a.attname ORDER BY place)
      FROM unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.attnum
    ) AS columns,
    (
      SELECT pg_catalog.json_agg(a.attname ORDER BY place)
      FROM unnest(k.confkey) WITH ORDINALITY AS key (attnum, place)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.attnum
    ) AS referenced_columns
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.confrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE k.contype = 'f' AND k.conrelid = ANY ($1::oid[])`;

async function* readTables(
  sessions: PostgresSessions,
  { databases, takes, signal }: CollectRequest,
) {
  const options = { mode: 'read', signal } as const;
  const found = await sessions.transaction(options, (client) =>
    client.query<Row>(namesSql, [databases]),
  );
  const takesRow = ({ schema, name }: Row) => takes(schema!, name!);
  const wanted = await takenOf(found.rows, takesRow, signal);
  const most = { tables: tablesAtOnce, columns: columnsAtOnce };
  for (const some of batchesOf(wanted, ({ columns }) => Number(columns), most)) {
    yield* readApart((work) => sessions.transaction(options, work), some);
  }
}

/** How long a table that others have locked keeps those waiting that are read with it. */
const lockLimitMs = 1_000;

/** What others have locked against readers, or an index of it, by now. */
const lockedSql = `
  SELECT DISTINCT coalesce(i.indrelid, l.relation) AS oid
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = l.relation
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.pid <> pg_catalog.pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    AND coalesce(i.indrelid, l.relation) = ANY ($1::oid[])`;

type Transaction = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/**
 * What is locked is not read, and holds up the others once. What is locked only now and then, or by
 * another of its parts, is found by halving what cannot be read together.
 */
async function* readApart(
  transaction: Transaction,
  some: readonly Row[],
): AsyncGenerator<CollectedSlice> {
  const read = async (): Promise<CollectedTable[] | null> => {
    try {
      return await transaction((client) => readSlice(client, some));
    } catch (error) {
      if (isLocked(error)) return null;
      throw error;
    }
  };
  const tables = await read();
  if (tables !== null) {
    yield { tables, unread: [] };
    return;
  }
  const found = await transaction((client) =>
    client.query<Row>(lockedSql, [some.map(({ oid }) => oid)]),
  );
  const locked = new Set(found.rows.map(({ oid }) => oid));
  const unread = some.filter(({ oid }) => locked.has(oid));
  const rest = some.filter(({ oid }) => !locked.has(oid));
  if (unread.length > 0) yield { tables: [], unread: unread.map(unreadOf) };
  if (unread.length > 0 && rest.length > 0) {
    yield* readApart(transaction, rest);
  } else if (rest.length > 1) {
    const half = Math.ceil(rest.length / 2);
    yield* readApart(transaction, rest.slice(0, half));
    yield* readApart(transaction, rest.slice(half));
  } else if (rest.length === 1) {
    yield { tables: [], unread: rest.map(unreadOf) };
  }
}

function unreadOf({ schema, name }: Row): UnreadTable {
  const error = 'it is locked by another session; the next run looks again.';
  return { schema: schema!, table: name!, error };
}

function isLocked(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return cause?.code === '55P03';
}

/** A table that was dropped since its name was read is left out. */
async function readSlice(client: PoolClient, some: readonly Row[]): Promise<CollectedTable[]> {
  await client.query(`SET LOCAL lock_timeout = ${lockLimitMs}`);
  const oids = some.map(({ oid }) => oid);
  const ask = async (sql: string) => grouped((await client.query<Row>(sql, [oids])).rows);
  const facts = await ask(factsSql);
  const columns = await ask(columnsSql);
  const indexes = await ask(indexesSql);
  const foreignKeys = await ask(foreignKeysSql);
  return some.flatMap((row) => {
    const [fact] = facts.get(row.oid!) ?? [];
    if (fact === undefined) return [];
    return [
      {
        schema: row.schema!,
        table: row.name!,
        definition: definitionOf({
          kind: kinds[row.kind!]!,
          comment: fact.comment ?? null,
          columns: (columns.get(row.oid!) ?? []).map((column) => ({
            name: column.name!,
            type: column.type!,
            comment: column.comment ?? null,
            nullable: 'vm'.includes(row.kind!) ? null : column.not_null === 'f',
            default: column.default ?? null,
          })),
          primaryKey: (indexes.get(row.oid!) ?? [])
            .filter(({ is_primary }) => is_primary === 't')
            .flatMap((index) => listOf(index.columns)),
          indexes: (indexes.get(row.oid!) ?? [])
            .filter(({ is_primary }) => is_primary !== 't')
            .map((index): IndexDefinition => ({
              name: index.name!,
              columns: listOf(index.columns),
              unique: index.is_unique === 't',
            })),
          foreignKeys: (foreignKeys.get(row.oid!) ?? []).map((key): ForeignKey => ({
            name: key.name!,
            columns: listOf(key.columns),
            references: key.references!,
            referencedColumns: listOf(key.referenced_columns),
          })),
          partitionedBy: fact.partitioned_by ?? null,
        }),
        facts: factsOfRow(row, fact),
      },
    ];
  });
}

/** Rows are those that PostgreSQL counted last; less than none means never. */
function factsOfRow({ kind }: Row, { rows, bytes, partitions }: Row) {
  const counted = rows === null || rows === undefined ? -1 : Number(rows);
  const names = listOf(partitions);
  return factsOf({
    rows: counted < 0 || kind === 'v' || kind === 'f' ? null : Math.round(counted),
    bytes: bytes === null || bytes === undefined ? null : Number(bytes),
    partitionCount: kind === 'p' ? names.length : null,
    partitions: names,
  });
}

function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.oid!);
    if (group) group.push(row);
    else groups.set(row.oid!, [row]);
  }
  return groups;
}

function listOf(json: string | null | undefined): string[] {
  return json ? (JSON.parse(json) as string[]) : [];
}
