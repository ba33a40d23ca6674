/** What a script reads and writes, for lineage, grants and checks. Pure. */
import { formatTableName } from './table-name';
import { mayParse, tablesOfQuery } from './query-tables';
import {
  connectionAt,
  parseJdbcUrl,
  placeInWords,
  type KnownConnection,
} from './script-connections';
import { planOf, type Place, type ReadPart, type ReadPlan, type WritePlan } from './script-plan';
import type { SyncKind, SyncScript } from './script-schema';
import { defaultSchema, type ScriptTable } from './script-table-name';

/** A table inside a connection, as connectors take it. */
export interface EndpointTable {
  schema: string;
  table: string;
}

export interface ScriptEndpoint {
  side: 'read' | 'write';
  kind: SyncKind;
  /** Null: no connection of the tenant matches the URL or path. */
  connection: string | null;
  /** How the script names it, for messages. */
  place: string;
  tables: EndpointTable[];
  /** Names of columns in their order; SQL expressions are among them as written; null: all. */
  columns: string[] | null;
  /** Queries in place of tables; `tables` holds what they read. */
  queries: string[];
  /** False: a query says what the parser does not know, and `tables` may lack some. */
  parsed: boolean;
}

/**
 * @param known connections of the tenant: URLs and paths are found among them
 * @returns what is read, connection by connection, then what is written
 */
export function scriptEndpoints(
  script: SyncScript,
  known: readonly KnownConnection[] = [],
): ScriptEndpoint[] {
  const { read, write } = planOf(script);
  return [
    ...read.parts.map((part) => readEndpoint(read, part, known)),
    writeEndpoint(write, known),
  ];
}

/** Names of the tables that a script reads and writes, `connection.schema.table`, each once. */
export function scriptLineage(endpoints: readonly ScriptEndpoint[]): {
  reads: string[];
  writes: string[];
} {
  const namesOf = (side: ScriptEndpoint['side']) => [
    ...new Set(
      endpoints
        .filter((endpoint) => endpoint.side === side && endpoint.connection !== null)
        .flatMap(({ connection, tables }) =>
          tables.map((table) => formatTableName({ connection: connection!, ...table })),
        ),
    ),
  ];
  return { reads: namesOf('read'), writes: namesOf('write') };
}

function readEndpoint(
  { kind, columns }: ReadPlan,
  part: ReadPart,
  known: readonly KnownConnection[],
): ScriptEndpoint {
  const { place, queries } = part;
  const parse = mayParse(queries);
  const ofQueries = queries.map((sql) => tablesOfQuery(kind, sql, parse));
  const tables = [
    ...part.tables,
    ...ofQueries.flatMap((found) => found.tables),
    ...part.paths.flatMap(tableOfPath),
  ];
  const names = columns === '*' ? null : columns.flatMap((one) => nameOfColumn(one));
  return {
    side: 'read',
    ...whereAt(kind, place, tables, known),
    columns: queries.length > 0 ? null : names,
    queries,
    parsed: ofQueries.every(({ parsed }) => parsed),
  };
}

function nameOfColumn(column: Exclude<ReadPlan['columns'], '*'>[number]): string[] {
  if (typeof column === 'string') return [column];
  return column.name === undefined ? [] : [column.name];
}

function writeEndpoint(plan: WritePlan, known: readonly KnownConnection[]): ScriptEndpoint {
  const { kind, place, table, fileName, columns } = plan;
  const tables = [table ?? { schema: null, table: tableOfFile(fileName ?? '') }];
  return {
    side: 'write',
    ...whereAt(kind, place, tables, known),
    columns: columns === '*' ? null : columns,
    queries: [],
    parsed: true,
  };
}

/** A name without an ending is given one when the file is written. */
function tableOfFile(name: string): string {
  return tableFile.exec(name)?.[1] ?? name;
}

function whereAt(
  kind: SyncKind,
  place: Place,
  tables: ScriptTable[],
  known: readonly KnownConnection[],
): Pick<ScriptEndpoint, 'kind' | 'connection' | 'place' | 'tables'> {
  const connection = connectionAt(kind, place, known);
  const schema = schemaAt(
    kind,
    place,
    known.find(({ name }) => name === connection),
  );
  const named = tables.map((one) => ({ schema: one.schema ?? schema, table: one.table }));
  return { kind, connection, place: placeInWords(place), tables: named };
}

/** The schema of names without one: in MySQL that is the database. */
function schemaAt(kind: SyncKind, place: Place, connection: KnownConnection | undefined): string {
  const own = connection?.config.schema ?? (kind === 'mysql' ? connection?.config.database : null);
  if (typeof own === 'string') return own;
  const url = place.by === 'jdbcUrl' ? parseJdbcUrl(place.urls[0]!) : null;
  return defaultSchema[kind] ?? url?.database ?? '';
}

const tableFile = /^([^.*?][^*?]*?)\.(csv|tsv|txt|parquet|jsonl|ndjson|json)(\.gz)?$/i;

/** The table that a file of a folder is; none for patterns and folders. */
function tableOfPath(path: string): ScriptTable[] {
  const table = tableFile.exec(path.split('/').at(-1) ?? '')?.[1];
  return table === undefined ? [] : [{ schema: null, table }];
}
