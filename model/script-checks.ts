/** What a script of the right shape may still not say, and what means nothing here. Pure. */
import { kindOfPlugin, knownParameters, type PluginName, type SyncScript } from './script-schema';
import { parseScriptTable } from './script-table-name';
import { notOfSession, selfCommitting, singleStatementsOf, statementsOf } from './self-committing';

/** A remark without its place in the text. */
export interface ScriptRemark {
  path: (string | number)[];
  message: string;
  severity: 'error' | 'warning';
}

type Parameter = Record<string, unknown>;
type Path = (string | number)[];

interface Side {
  name: PluginName;
  parameter: Parameter;
  path: Path;
}

/** Members that hold secrets, or would have to be beside one. */
const secretNames = /^(password|passwd|pwd|secret|accessKey(Id|Secret)?)$/i;

const error = (path: Path, message: string): ScriptRemark => ({ path, message, severity: 'error' });
const warning = (path: Path, message: string): ScriptRemark => ({
  ...{ path, message },
  severity: 'warning',
});

/** @returns remarks in the order of the checks; no error among them: the script can be run */
export function checkScript(script: SyncScript): ScriptRemark[] {
  const at: Path = ['job', 'content', 0];
  const [content] = script.job.content;
  const reader: Side = { ...content!.reader, path: [...at, 'reader', 'parameter'] };
  const writer: Side = { ...content!.writer, path: [...at, 'writer', 'parameter'] };
  const transformer =
    content!.transformer === undefined ? [] : [error([...at, 'transformer'], noTransformer)];
  return [
    ...transformer,
    ...[reader, writer].flatMap((side) => [
      ...secretsIn(side.parameter, side.path),
      ...placeOf(side),
      ...unknownIn(side),
      ...compressionOf(side),
      ...sessionOf(side),
    ]),
    ...readerChecks(reader),
    ...writerChecks(writer),
  ];
}

const noTransformer = 'transformers are not run here; use an SQL expression among the columns';

function secretsIn(value: unknown, path: Path): ScriptRemark[] {
  if (typeof value === 'string') return urlSecret(value, path);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    return secretNames.test(name) ? [error(here, noSecrets)] : secretsIn(member, here);
  });
}

const noSecrets =
  'passwords do not belong in a script; leave them out and name a connection by "datasource": "<connection>"';

function urlSecret(text: string, path: Path): ScriptRemark[] {
  if (!/^jdbc:/i.test(text)) return [];
  const holdsOne = /[?&;](password|passwd|pwd)=/i.test(text) || /\/\/[^/@]*:[^/@]*@/.test(text);
  return holdsOne ? [error(path, noSecrets)] : [];
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function connectionsOf({ parameter }: Side): Parameter[] {
  return (parameter.connection as Parameter[] | undefined) ?? [];
}

/** Each side has to say where it is. */
function placeOf(side: Side): ScriptRemark[] {
  const { parameter, path, name } = side;
  if (parameter.datasource !== undefined) return [];
  if (kindOfPlugin[name] === 'files') {
    if (parameter.path !== undefined) return [];
    return [error(path, '"datasource": "<connection>" with "table", or "path", is missing')];
  }
  const connections = connectionsOf(side);
  if (connections.length > 0 && connections.every(({ jdbcUrl }) => jdbcUrl !== undefined))
    return [];
  return [error(path, '"datasource": "<connection>" is missing')];
}

/** DataX takes these; they mean nothing where connections are set up elsewhere. */
const set = ['username', 'jdbcConfig', 'fetchSize', 'mandatoryEncoding', 'hint'];

function unknownIn({ name, parameter, path }: Side): ScriptRemark[] {
  const known = knownParameters[name];
  return Object.keys(parameter).flatMap((member) => {
    if (known.includes(member) && member !== 'fetchSize') return [];
    if (secretNames.test(member)) return [];
    const message = set.includes(member)
      ? 'this has no effect here: it belongs to the connection'
      : `${name} has no such parameter, so it has no effect; there are ${known.join(', ')}`;
    return [warning([...path, member], message)];
  });
}

function compressionOf({ name, parameter, path }: Side): ScriptRemark[] {
  const { compress } = parameter;
  if (kindOfPlugin[name] !== 'files' || typeof compress !== 'string') return [];
  if (['', 'gzip', 'gz'].includes(compress.toLowerCase())) return [];
  return [error([...path, 'compress'], `"${compress}" is not supported; there is gzip`)];
}

function sessionOf({ parameter, path }: Side): ScriptRemark[] {
  return singleStatementsOf(parameter.session as string[] | undefined).flatMap((sql) => {
    const refusal = notOfSession(sql);
    return refusal === null ? [] : [error([...path, 'session'], refusal)];
  });
}

function tablesOf(side: Side): { path: Path; table: unknown }[] {
  const { path } = side;
  const own = listOf(side.parameter.table).map((table) => ({ path: [...path, 'table'], table }));
  const inside = connectionsOf(side).flatMap(({ table }, index) =>
    listOf(table).map((one) => ({ path: [...path, 'connection', index, 'table'], table: one })),
  );
  return [...own, ...inside];
}

function tableNames(side: Side): ScriptRemark[] {
  return tablesOf(side).flatMap(({ path, table }) =>
    parseScriptTable(String(table)) === null
      ? [error(path, `"${String(table)}" is no name of a table; write schema.table`)]
      : [],
  );
}

function queriesOf(side: Side): string[] {
  const inside = connectionsOf(side).flatMap(({ querySql }) => statementsOf(querySql as string[]));
  return [...statementsOf(side.parameter.querySql as string[]), ...inside];
}

function readerChecks(side: Side): ScriptRemark[] {
  const { name, parameter, path } = side;
  const queries = queriesOf(side);
  const tables = tablesOf(side);
  const remarks = tableNames(side);
  if (kindOfPlugin[name] === 'files') {
    if (tables.length === 0 && parameter.path === undefined) {
      remarks.push(error(path, '"table" or "path" is missing'));
    }
    return remarks;
  }
  if (queries.length === 0 && tables.length === 0) {
    remarks.push(error(path, '"table", or "querySql", is missing'));
  }
  if (queries.length > 0) {
    const unused = ['table', 'column', 'where', 'splitPk'].filter((member) => {
      const value = parameter[member];
      return value !== undefined && value !== '';
    });
    for (const member of unused) {
      remarks.push(warning([...path, member], 'this has no effect beside querySql'));
    }
  }
  return remarks;
}

const upserts = ['replace', 'update', 'upsert'];
const overwrites = ['overwrite', 'truncate'];

function writerChecks(side: Side): ScriptRemark[] {
  const { name, parameter, path } = side;
  const kind = kindOfPlugin[name];
  const mode = (parameter.writeMode as string | undefined) ?? 'insert';
  const remarks = tableNames(side);
  const tables = tablesOf(side);
  if (tables.length > 1) {
    remarks.push(error(tables[1]!.path, 'a script writes into one table; make one for each'));
  }
  if (kind === 'files') return [...remarks, ...fileWriterChecks(side, tables.length, mode)];
  if (tables.length === 0) remarks.push(error(path, '"table" is missing'));
  if (mode === 'nonConflict') {
    remarks.push(error([...path, 'writeMode'], 'nonConflict is for files; use insert'));
  }
  if (parameter.where !== undefined && parameter.where !== '' && !overwrites.includes(mode)) {
    remarks.push(error([...path, 'where'], 'only "writeMode": "overwrite" takes "where"'));
  }
  if (parameter.key !== undefined && !upserts.includes(mode)) {
    remarks.push(error([...path, 'key'], 'only "writeMode": "replace" or "update" takes "key"'));
  }
  for (const member of ['preSql', 'postSql'] as const) {
    for (const sql of singleStatementsOf(parameter[member] as string[] | undefined)) {
      const refusal = selfCommitting(kind, sql);
      if (refusal !== null) remarks.push(error([...path, member], refusal));
    }
  }
  return remarks;
}

function fileWriterChecks({ parameter, path }: Side, tables: number, mode: string): ScriptRemark[] {
  const remarks: ScriptRemark[] = [];
  if (upserts.includes(mode)) {
    remarks.push(error([...path, 'writeMode'], 'files take append, overwrite and nonConflict'));
  }
  if (tables === 0 && (parameter.path === undefined || parameter.fileName === undefined)) {
    remarks.push(error(path, '"table", or "path" with "fileName", is missing'));
  }
  if (/[/\\\0]/.test(String(parameter.fileName ?? ''))) {
    remarks.push(error([...path, 'fileName'], 'a name of a file holds no slash'));
  }
  return remarks;
}
