/** The script of a run as it is now, and the connections that it moves rows between. */
import { TablegateError } from '../../../model/errors';
import { JobError, type JobConnection, type JobContext } from '../../../model/job-type';
import { parseScript, type SyncScript } from '../../../model/script';
import { scriptEndpoints, type ScriptEndpoint } from '../../../model/script-endpoints';
import { planOf } from '../../../model/script-plan';
import { resolveParameters, UnreadableValue } from '../../../model/schedule-parameters';
import { parameterList, type StoredScript } from '../../../model/sync-script-config';
import { formatTableName } from '../../../model/table-name';
import type { SourcePlace, SyncRequest } from './messages';

export interface SyncDeps {
  /** Folders (absolute) below which files of a tenant's connections must lie. */
  filesRoots: (tenant: string) => string[];
}

type Context = JobContext<StoredScript>;

/** @throws JobError naming what is wrong with the script, or who may not do what */
export async function requestOf(context: Context, deps: SyncDeps): Promise<SyncRequest> {
  const { author, script } = await readScript(context);
  const endpoints = scriptEndpoints(script, await context.connections());
  const sources: SourcePlace[] = [];
  for (const endpoint of endpoints) {
    const connection = await connectionOf(context, endpoint, author);
    sources.push({ connection, tables: tablesInWords(endpoint) });
  }
  const target = sources.pop()!;
  return {
    plan: planOf(script),
    sources,
    target: { connection: target.connection, table: target.tables[0]! },
    filesRoots: deps.filesRoots(context.tenant),
    scratchDir: context.scratchDir,
    writer: context.fencedAs,
    fence: String(context.fence),
  };
}

async function readScript(context: Context): Promise<{ author: string; script: SyncScript }> {
  const { scriptId, version, parameters } = context.config;
  const stored = await context.scriptText(scriptId, version);
  const named = [...stored.parameters, ...parameterList(parameters)];
  const scheduleTime = new Date(context.scheduleTime ?? context.askedAt);
  const { text, unresolved } = resolved(stored.text, named, {
    scheduleTime,
    timezone: context.timezone,
  });
  if (unresolved.length > 0) {
    const names = unresolved.map((name) => `\${${name}}`).join(', ');
    throw new JobError(`The script names ${names}, for which nothing is set.`);
  }
  const { script, problems } = parseScript(text);
  if (script === undefined) {
    const [first] = problems;
    const place = `line ${first?.line ?? 1}, column ${first?.column ?? 1} (${first?.path ?? ''})`;
    throw new JobError(
      `The script cannot be run: ${place}: ${first?.message ?? 'it is not valid'}.`,
    );
  }
  return { author: stored.author, script };
}

function resolved(...given: Parameters<typeof resolveParameters>) {
  try {
    return resolveParameters(...given);
  } catch (error) {
    if (error instanceof UnreadableValue) throw new JobError(error.message);
    throw error;
  }
}

/** Names of tables for people; a query or a pattern of files stands for itself. */
function tablesInWords({ connection, tables, queries, place }: ScriptEndpoint): string[] {
  if (queries.length > 0)
    return queries.map((_, index) => `${connection ?? ''} (query ${index + 1})`);
  if (tables.length === 0) return [`${connection ?? ''} (${place})`];
  return tables.map((table) => formatTableName({ connection: connection!, ...table }));
}

async function connectionOf(
  context: Context,
  endpoint: ScriptEndpoint,
  author: string,
): Promise<JobConnection> {
  const side = endpoint.side === 'read' ? 'source' : 'target';
  const { connection: name, kind, place } = endpoint;
  if (name === null) {
    throw new JobError(
      `${side}: no connection of kind ${kind} is at ${place}; name one by "datasource".`,
    );
  }
  const connection = await found(context, name, side);
  if (connection.type !== kind) {
    throw new JobError(
      `${side} ${name}: the connection is of kind ${connection.type}, and the script has a ${endpoint.side}er for ${kind}.`,
    );
  }
  if (!(await context.mayUse(author, name, endpoint.side))) {
    const may = endpoint.side === 'read' ? 'read from' : 'write to';
    throw new JobError(
      `${side} ${name}: the author of the script (user ${author}) may not ${may} the connection ${name} any more; ask an admin to grant it.`,
    );
  }
  return connection;
}

async function found(context: Context, name: string, side: string): Promise<JobConnection> {
  try {
    return await context.connection(name);
  } catch (error) {
    const missing = error instanceof TablegateError && error.code === 'connectionNotFound';
    if (!missing) throw error;
    throw new JobError(`${side} ${name}: ${error.message}`, [], { cause: error });
  }
}
