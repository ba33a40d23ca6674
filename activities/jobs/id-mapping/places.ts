/** The tables and the output of a task with what it takes to reach them. */
import { connectorOf } from '../../../connectors';
import { TablegateError } from '../../../model/errors';
import { idTypeSchema } from '../../../model/id-types';
import {
  JobError,
  type JobConnection,
  type JobContext,
  type JobTable,
} from '../../../model/job-type';
import { parseTableName, type TableName } from '../../../model/table-name';
import { outputOf, type IdMappingConfig } from './config';
import type { Places, SourceTable } from './messages';

export interface PlacesDeps {
  /** Folders (absolute) below which files of a tenant's connections must lie. */
  filesRoots: (tenant: string) => string[];
  /** Lets connections of kind `fake` work; for tests. */
  fake?: boolean;
}

/** What is known of the task. */
export type TaskPlaces = Pick<
  JobContext<IdMappingConfig>,
  'tenant' | 'taskNumber' | 'config' | 'tables' | 'connection'
>;

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
async function connectionOf(task: TaskPlaces, name: string, user: string): Promise<JobConnection> {
  try {
    return await task.connection(name);
  } catch (error) {
    const missing = error instanceof TablegateError && error.code === 'connectionNotFound';
    if (!missing) throw error;
    throw new JobError(`${user}: ${error.message}`, [], { cause: error });
  }
}

async function targetOf(task: TaskPlaces, deps: PlacesDeps): Promise<Places['target']> {
  const { config, taskNumber } = task;
  const connection = await connectionOf(task, config.analysisSource, config.analysisSource);
  const connector = connectorOf(connection.type, { fake: deps.fake ?? false });
  if (!connector.capabilities.write) {
    throw new JobError(
      `${config.analysisSource}: a connection of kind ${connection.type} cannot hold a result.`,
    );
  }
  const [schema = '', table = ''] = outputOf(config, taskNumber).split('.');
  return { connection, ref: { schema, table } };
}

/** @throws JobError naming the table or output that cannot be reached as it is set up now */
export async function placesOf(task: TaskPlaces, deps: PlacesDeps): Promise<Places> {
  if (task.tables.length === 0) throw new JobError('The task has no tables to read.');
  const tables: SourceTable[] = [];
  for (const table of task.tables) {
    const parts = parseTableName(table.name);
    if (parts === null) throw new JobError(`${table.name}: this is no connection.schema.table.`);
    const connection = await connectionOf(task, parts.connection, table.name);
    tables.push(sourceOf(table, parts, connection));
  }
  const output = outputOf(task.config, task.taskNumber);
  const { maxSharedBy, priority, idTypes } = task.config;
  return {
    filesRoots: deps.filesRoots(task.tenant),
    tables,
    target: await targetOf(task, deps),
    output: `${task.config.analysisSource}.${output}`,
    guards: { maxSharedBy, priority, idTypes },
    fake: deps.fake ?? false,
  };
}
