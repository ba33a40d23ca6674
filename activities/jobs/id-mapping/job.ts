/** Job type `id-mapping`: the users of all tables of a task, resolved into one table. */
import { connectorOf } from '../../../connectors';
import { TablegateError } from '../../../model/errors';
import { idTypeSchema } from '../../../model/id-types';
import {
  defineJobType,
  JobError,
  type JobConnection,
  type JobContext,
  type JobResult,
  type JobTable,
  type JobType,
} from '../../../model/job-type';
import type { LogLine, RunProgress, TableDetail } from '../../../model/run';
import { parseTableName, type TableName } from '../../../model/table-name';
import { idMappingConfigSchema, outputOf, type IdMappingConfig } from './config';
import type { ComputeRequest, SourceTable } from './messages';
import { runInChild } from './run-in-child';

export interface IdMappingDeps {
  /** Folders (absolute) below which files of a tenant's connections must lie. */
  filesRoots: (tenant: string) => string[];
  /** Lets connections of kind `fake` work; for tests. */
  fake?: boolean;
  /** Told the process id of each computation. */
  onChild?: (pid: number) => void;
}

type Context = JobContext<IdMappingConfig>;

function sourceOf(table: JobTable, parts: TableName, connection: JobConnection): SourceTable {
  const idColumns = table.idMapping.map(({ column, idType }) => {
    const parsed = idTypeSchema.safeParse(idType);
    if (!parsed.success) throw new JobError(`${table.name}: "${idType}" is no name of an ID type.`);
    return { column, idType: parsed.data };
  });
  if (idColumns.length === 0) throw new JobError(`${table.name}: the table has no ID mapping.`);
  return {
    name: table.name,
    connection,
    ref: { schema: parts.schema, table: parts.table },
    idColumns,
  };
}

/** @param user name of the table or target that needs the connection, for the message */
async function connectionOf(context: Context, name: string, user: string): Promise<JobConnection> {
  try {
    return await context.connection(name);
  } catch (error) {
    const missing = error instanceof TablegateError && error.code === 'connectionNotFound';
    if (!missing) throw error;
    throw new JobError(`${user}: ${error.message}`, [], { cause: error });
  }
}

async function targetOf(context: Context, deps: IdMappingDeps): Promise<ComputeRequest['target']> {
  const { config, taskNumber } = context;
  const connection = await connectionOf(context, config.analysisSource, config.analysisSource);
  const connector = connectorOf(connection.type, { fake: deps.fake ?? false });
  if (!connector.capabilities.write) {
    throw new JobError(
      `${config.analysisSource}: a connection of kind ${connection.type} cannot hold a result.`,
    );
  }
  const [schema = '', table = ''] = outputOf(config, taskNumber).split('.');
  return { connection, ref: { schema, table } };
}

async function requestOf(
  context: Context,
  deps: IdMappingDeps,
  startedAtMs: number,
): Promise<ComputeRequest> {
  if (context.tables.length === 0) throw new JobError('The task has no tables to read.');
  const tables: SourceTable[] = [];
  for (const table of context.tables) {
    const parts = parseTableName(table.name);
    if (parts === null) throw new JobError(`${table.name}: this is no connection.schema.table.`);
    const connection = await connectionOf(context, parts.connection, table.name);
    tables.push(sourceOf(table, parts, connection));
  }
  const output = outputOf(context.config, context.taskNumber);
  return {
    runId: context.runId,
    scratchDir: context.scratchDir,
    filesRoots: deps.filesRoots(context.tenant),
    tables,
    target: await targetOf(context, deps),
    output: `${context.config.analysisSource}.${output}`,
    writer: context.taskId,
    fence: String(context.fence),
    startedAtMs,
    maxSharedBy: context.config.maxSharedBy,
    fake: deps.fake ?? false,
  };
}

function waiting(table: string): TableDetail {
  const none = {
    rowsRead: null,
    rowsWritten: null,
    error: null,
    startedAt: null,
    finishedAt: null,
  };
  return { table, status: 'waiting', ...none };
}

async function run(context: Context, deps: IdMappingDeps): Promise<JobResult> {
  const startedAtMs = Date.now();
  const details = new Map(context.tables.map(({ name }) => [name, waiting(name)]));
  const listener = {
    signal: context.signal,
    log: (level: LogLine['level'], line: string) => context.log(level, line),
    progress: (progress: RunProgress) => context.progress(progress),
    table: (detail: TableDetail) => {
      details.set(detail.table, detail);
      context.table(detail);
    },
  };
  for (const detail of details.values()) context.table(detail);
  try {
    const request = await requestOf(context, deps, startedAtMs);
    const summary = await runInChild(request, listener, deps.onChild ?? (() => undefined));
    return { tables: [...details.values()], summary: { ...summary } };
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    throw new JobError(error.message, [...details.values()], { cause: error.cause });
  }
}

/** The job type, as a worker registers it. */
export function createIdMappingJob(deps: IdMappingDeps): JobType<IdMappingConfig> {
  return defineJobType({
    type: 'id-mapping',
    title: 'ID mapping',
    configSchema: idMappingConfigSchema,
    needsIdMapping: true,
    lineage: ({ number, tables, config }) => ({
      reads: tables,
      writes: [`${config.analysisSource}.${outputOf(config, number)}`],
    }),
    run: (context) => run(context, deps),
  });
}
