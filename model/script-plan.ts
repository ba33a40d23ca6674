/** A script in one shape, whichever of the ways that DataX allows it is written in. Pure. */
import {
  kindOfPlugin,
  type ColumnObject,
  type DatabaseReader,
  type DatabaseWriter,
  type FileFormat,
  type FileReader,
  type FileWriter,
  type SyncKind,
  type SyncScript,
} from './script-schema';
import { parseScriptTable, type ScriptTable } from './script-table-name';
import { singleStatementsOf, statementsOf } from './self-committing';

/** What a side names its connection by. */
export type Place =
  | { by: 'datasource'; name: string }
  | { by: 'jdbcUrl'; urls: string[] }
  | { by: 'path'; path: string };

/** How a file is written. */
export interface FileOptions {
  format: FileFormat | null;
  gzip: boolean;
  encoding: string | null;
  delimiter: string | null;
  nullFormat: string | null;
  dateFormat: string | null;
  skipHeader: boolean | null;
  header: boolean | string[] | null;
  /** DataX's reader of lines in which quotes mean nothing. */
  quoted: boolean;
}

/** Tables or queries of one connection. */
export interface ReadPart {
  place: Place;
  tables: ScriptTable[];
  queries: string[];
  paths: string[];
}

export type ReadColumn = string | ColumnObject;

export interface ReadPlan {
  kind: SyncKind;
  parts: ReadPart[];
  columns: '*' | ReadColumn[];
  where: string | null;
  splitPk: string | null;
  session: string[];
  file: FileOptions;
}

export type SyncMode = 'append' | 'overwrite' | 'upsert' | 'nonConflict';

export interface WritePlan {
  kind: SyncKind;
  place: Place;
  /** Null: a file that `path` and `fileName` name. */
  table: ScriptTable | null;
  path: string | null;
  fileName: string | null;
  columns: '*' | string[];
  mapping: 'position' | 'name';
  mode: SyncMode;
  /** Of an upsert: columns that are not written lose what they had, where the kind knows that. */
  replaces: boolean;
  where: string | null;
  /** Empty: the primary key. */
  key: string[];
  preSql: string[];
  postSql: string[];
  session: string[];
  batchSize: number | null;
  createTable: boolean;
  file: FileOptions;
}

export interface SyncPlan {
  read: ReadPlan;
  write: WritePlan;
  channels: number;
  bytesPerSecond: number | null;
  rowsPerSecond: number | null;
  /** Dirty rows that a run may have: a number, or a share of all rows. */
  errorLimit: { rows: number } | { share: number };
}

export function planOf({ job }: SyncScript): SyncPlan {
  const { reader, writer } = job.content[0]!;
  const { speed, errorLimit } = job.setting ?? {};
  const pace = typeof speed === 'number' ? { byte: speed } : (speed ?? {});
  const share = errorLimit?.record === undefined ? errorLimit?.percentage : undefined;
  return {
    read: readPlanOf(kindOfPlugin[reader.name], reader.parameter),
    write: writePlanOf(kindOfPlugin[writer.name], writer.parameter),
    channels: pace.channel ?? 1,
    bytesPerSecond: pace.byte ?? null,
    rowsPerSecond: pace.record ?? null,
    errorLimit: share === undefined ? { rows: errorLimit?.record ?? 0 } : { share },
  };
}

function readPlanOf(kind: SyncKind, given: DatabaseReader | FileReader): ReadPlan {
  const parameter = given as DatabaseReader & FileReader;
  const { columns, where, splitPk } = {
    columns: parameter.column ?? '*',
    where: textOf(parameter.where),
    splitPk: textOf(parameter.splitPk),
  };
  return {
    kind,
    parts: readPartsOf(parameter),
    columns: isAll(columns) ? '*' : columns,
    where,
    splitPk,
    session: singleStatementsOf(parameter.session),
    file: fileOptionsOf(parameter),
  };
}

function readPartsOf(parameter: DatabaseReader & FileReader): ReadPart[] {
  const tables = tablesOf(parameter.table);
  const queries = statementsOf(parameter.querySql);
  const paths = listOf(parameter.path);
  const { datasource, connection = [] } = parameter;
  if (connection.length === 0) {
    const place = placeOf(parameter.datasource, [], paths[0]);
    return [partOf(place, tables, queries, paths)];
  }
  return connection.map((one) =>
    partOf(
      placeOf(datasource, listOf(one.jdbcUrl), undefined),
      [...tables, ...tablesOf(one.table)],
      [...queries, ...statementsOf(one.querySql)],
      paths,
    ),
  );
}

/** A query is read in place of all tables. */
function partOf(place: Place, tables: ScriptTable[], queries: string[], paths: string[]): ReadPart {
  return { place, tables: queries.length > 0 ? [] : tables, queries, paths };
}

const modes: Record<string, SyncMode> = {
  insert: 'append',
  append: 'append',
  overwrite: 'overwrite',
  truncate: 'overwrite',
  replace: 'upsert',
  update: 'upsert',
  upsert: 'upsert',
  nonConflict: 'nonConflict',
};

function writePlanOf(kind: SyncKind, given: DatabaseWriter | FileWriter): WritePlan {
  const parameter = given as DatabaseWriter & FileWriter;
  const [connection] = parameter.connection ?? [];
  const [table = null] = [...tablesOf(parameter.table), ...tablesOf(connection?.table)];
  const columns = parameter.column ?? '*';
  return {
    kind,
    place: placeOf(parameter.datasource, listOf(connection?.jdbcUrl), parameter.path),
    table,
    path: parameter.path ?? null,
    fileName: parameter.fileName ?? null,
    columns: isAll(columns)
      ? '*'
      : columns.map((one) => (typeof one === 'string' ? one : one.name)),
    mapping: parameter.columnMapping ?? 'position',
    mode: modes[parameter.writeMode ?? 'insert']!,
    replaces: parameter.writeMode === 'replace',
    where: textOf(parameter.where),
    key: listOf(parameter.key),
    preSql: singleStatementsOf(parameter.preSql),
    postSql: singleStatementsOf(parameter.postSql),
    session: singleStatementsOf(parameter.session),
    batchSize: parameter.batchSize ?? null,
    createTable: parameter.createTable ?? false,
    file: fileOptionsOf(parameter),
  };
}

function fileOptionsOf(given: object): FileOptions {
  const parameter = given as FileReader & { header?: FileWriter['header'] };
  const { csvReaderConfig: csv = {}, compress = '' } = parameter;
  return {
    format: parameter.fileFormat ?? null,
    gzip: compress !== '',
    encoding: parameter.encoding ?? null,
    delimiter: parameter.fieldDelimiter ?? null,
    nullFormat: parameter.nullFormat ?? null,
    dateFormat: parameter.dateFormat ?? parameter.format ?? null,
    skipHeader: parameter.skipHeader ?? null,
    header: parameter.header ?? null,
    quoted: csv.useTextQualifier !== false,
  };
}

function placeOf(datasource: string | undefined, urls: string[], path: string | undefined): Place {
  if (datasource !== undefined) return { by: 'datasource', name: datasource };
  return urls.length > 0 ? { by: 'jdbcUrl', urls } : { by: 'path', path: path ?? '' };
}

function tablesOf(given: string | string[] | undefined): ScriptTable[] {
  return listOf(given).flatMap((text) => parseScriptTable(text) ?? []);
}

function listOf(given: string | string[] | undefined): string[] {
  return given === undefined ? [] : Array.isArray(given) ? given : [given];
}

/** An empty text is as good as none, as DataX has it. */
function textOf(given: string | undefined): string | null {
  return given === undefined || given.trim() === '' ? null : given.trim();
}

function isAll(columns: '*' | unknown[]): columns is '*' {
  return columns === '*' || (columns.length === 1 && columns[0] === '*');
}
