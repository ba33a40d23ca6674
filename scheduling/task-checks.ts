/** What a definition must satisfy before it becomes, or changes, a task. */
import { connectorOf } from '../connectors';
import { TablegateError, type FieldError } from '../model/errors';
import { parseInput } from '../model/field-errors';
import type { JobLineage, JobType } from '../model/job-type';
import { parseTableName } from '../model/table-name';
import type { TaskDefinition } from '../model/task';
import { digest } from '../store/secrets';
import type { OutputConflict, OutputTable } from '../store/store';
import type { SchedulingDeps } from './deps';
import { useSource } from './open-source';

export { lineageOf } from '../model/lineage-of';

type Deps = Pick<SchedulingDeps, 'store' | 'jobTypes'>;

/**
 * Checks job type, config, tables and outputs of a definition.
 * @returns which tables the job reads and writes
 * @throws TablegateError naming every field that is wrong
 */
export async function checkDefinition(
  deps: Deps,
  tenant: string,
  number: string,
  definition: TaskDefinition,
): Promise<JobLineage> {
  const jobType = knownJobType(deps.jobTypes, definition.job.type);
  const config = parseInput(jobType.configSchema, definition.job.config, 'task', ['job', 'config']);
  await checkTables(deps, tenant, jobType, definition);
  const tables = definition.tables.map((table) => table.name);
  const lineage = jobType.lineage({ number, tables, config });
  if (!jobType.sharesOutputs) await checkWritten(deps, tenant, lineage.writes);
  return lineage;
}

/** Of the tables that a job writes, those that no other task may write. */
export function ownOutputs(
  jobTypes: Deps['jobTypes'],
  job: TaskDefinition['job'],
  writes: string[],
): string[] {
  return jobTypes.get(job.type)?.sharesOutputs ? [] : writes;
}

function knownJobType(jobTypes: Deps['jobTypes'], type: string): JobType {
  const jobType = jobTypes.get(type);
  if (jobType) return jobType;
  const known = [...jobTypes.keys()].join(', ');
  const detail = `There is no job type "${type}"; known are: ${known}.`;
  throw new TablegateError('unknownJobType', detail, {
    fields: [{ path: 'job.type', message: detail }],
  });
}

async function checkTables(
  { store }: Deps,
  tenant: string,
  jobType: JobType,
  definition: TaskDefinition,
): Promise<void> {
  if (!jobType.needsIdMapping) return;
  const names = definition.tables.map((table) => table.name);
  const registered = new Map(
    (await store.sources.findTables(tenant, names)).map((table) => [table.name, table]),
  );
  const missing = problems(names, (name) =>
    registered.has(name)
      ? null
      : `the table ${name} is not registered; register it with PUT /tables/${name}/id-mapping`,
  );
  if (missing.length > 0) {
    throw new TablegateError('tableNotRegistered', listOf(missing), { fields: missing });
  }
  const unmapped = problems(names, (name) =>
    registered.get(name)?.idMapping
      ? null
      : `the table ${name} has no ID mapping; set one with PUT /tables/${name}/id-mapping`,
  );
  if (unmapped.length > 0) {
    throw new TablegateError('tableWithoutIdMapping', listOf(unmapped), { fields: unmapped });
  }
}

function problems(names: string[], check: (name: string) => string | null): FieldError[] {
  return names.flatMap((name, index) => {
    const message = check(name);
    return message === null ? [] : [{ path: `tables[${index}]`, message }];
  });
}

function listOf(fields: FieldError[]): string {
  const text = fields.map((field) => field.message).join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

async function checkWritten({ store }: Deps, tenant: string, writes: string[]): Promise<void> {
  for (const name of writes) {
    const connection = parseTableName(name)?.connection ?? name;
    const row = await store.sources.findConnection(tenant, connection);
    if (!row) {
      const message = `There is no connection "${connection}" that the result ${name} could be written to.`;
      throw new TablegateError('invalidInput', message, {
        fields: [{ path: 'job.config', message }],
      });
    }
    if (!connectorOf(row.type).capabilities.write) {
      const message = `The connection "${connection}" is of type ${row.type}, which cannot hold a result.`;
      throw new TablegateError('invalidInput', message, {
        fields: [{ path: 'job.config', message }],
      });
    }
  }
}

/**
 * Reserves the tables that a task writes.
 * @throws TablegateError outputTaken naming the other task
 */
export async function reserveOutputs(
  deps: Pick<SchedulingDeps, 'store' | 'secrets' | 'settings'>,
  tenant: string,
  taskId: string,
  writes: string[],
): Promise<void> {
  const tables = await targetsOf(deps, tenant, writes);
  const conflict = await deps.store.tasks.reserveOutputs(tenant, taskId, tables);
  if (conflict) throw outputTaken(conflict);
}

/**
 * Looks whether they could be reserved.
 * @param going tasks that are about to be removed, and so hold nothing
 * @throws TablegateError outputTaken naming the other task
 */
export async function checkOutputs(
  deps: Pick<SchedulingDeps, 'store' | 'secrets' | 'settings'>,
  tenant: string,
  taskId: string,
  writes: string[],
  going: ReadonlySet<string>,
): Promise<void> {
  const tables = await targetsOf(deps, tenant, writes);
  const conflict = await deps.store.tasks.outputConflict(tenant, taskId, tables);
  if (conflict && !going.has(conflict.taskId)) throw outputTaken(conflict);
}

function outputTaken(conflict: OutputConflict): TablegateError {
  const other =
    conflict.taskName === null ? conflict.taskId : `"${conflict.taskName}" (${conflict.taskId})`;
  const message = `The table ${conflict.table} is written by the task ${other}; choose another output.`;
  return new TablegateError('outputTaken', message, {
    fields: [{ path: 'job.config.output', message }],
  });
}

function targetsOf(
  deps: Pick<SchedulingDeps, 'store' | 'secrets' | 'settings'>,
  tenant: string,
  names: string[],
): Promise<OutputTable[]> {
  return Promise.all(
    names.map(async (name) => ({ name, target: await targetOf(deps, tenant, name) })),
  );
}

/**
 * What a table really is, whatever name and connection lead to it: two spellings of one table have
 * the same target. A table whose connection does not answer for it stands for itself.
 */
async function targetOf(
  deps: Pick<SchedulingDeps, 'store' | 'secrets' | 'settings'>,
  tenant: string,
  name: string,
): Promise<string> {
  const parts = parseTableName(name);
  const row = parts && (await deps.store.sources.findConnection(tenant, parts.connection));
  if (!row || !connectorOf(row.type).capabilities.write) return digest(name);
  const { schema, table } = parts;
  return digest(await useSource(deps, row, (source) => source.targetKey({ schema, table })));
}
