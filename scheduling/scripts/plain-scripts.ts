/**
 * Scripts of plain tasks: the text that a caller sends becomes a version, and the task keeps its
 * number, so that no workflow ever holds the text.
 */
import { isDeepStrictEqual } from 'node:util';
import { TablegateError, type FieldError } from '../../model/errors';
import { parseInput } from '../../model/field-errors';
import type { Caller } from '../../model/people';
import type { ScriptProblem } from '../../model/script';
import type { LineageAnalysis } from '../../model/script-object';
import { endpointObstacle, readScript, type ScriptReading } from '../../model/script-reading';
import type { ScriptLineage } from '../../model/script-version';
import {
  parameterList,
  sentScriptSchema,
  storedScriptSchema,
  syncScriptType,
  type SentScript,
  type StoredScript,
} from '../../model/sync-script-config';
import {
  maxBytesOfConfig,
  type DefinitionPatch,
  type TaskDefinition,
  type TaskView,
} from '../../model/task';
import { knownConnections } from '../../store/known-connections';
import type { SchedulingDeps } from '../deps';
import { requireGrant } from '../grants';
import { refuseTaskOfScript } from './task-of-script';

type Deps = Pick<SchedulingDeps, 'store'>;
type Config = Record<string, unknown>;

/** Where a refusal finds the config. */
const at = ['job', 'config'];

/** @throws TablegateError scriptInvalid, grantMissing, invalidInput */
export async function settleNewScript(
  deps: Deps,
  caller: Caller,
  taskId: string,
  definition: TaskDefinition,
  options: SettleOptions = {},
): Promise<TaskDefinition> {
  const { job, timezone } = definition;
  if (job.type !== syncScriptType) return definition;
  const sent = parseInput(sentScriptSchema, job.config, 'task', at);
  const task = { id: taskId, timezone };
  return { ...definition, job: await settled(deps, caller, task, sent, options) };
}

export interface SettleOptions {
  /** True: the text is checked, and no version is made of it. */
  dryRun?: boolean;
}

/**
 * A job as it is sent, in the form in which a task has it: the task's own where that is of the same
 * text and parameters.
 */
export async function keptJob(
  { store }: Deps,
  { tenant }: Pick<Caller, 'tenant'>,
  before: Pick<TaskView, 'job'>,
  sent: TaskDefinition['job'],
): Promise<TaskDefinition['job']> {
  if (sent.type !== syncScriptType || before.job.type !== syncScriptType) return sent;
  const { scriptId, version, parameters } = before.job.config as Partial<StoredScript>;
  if (scriptId === undefined || version === undefined) return sent;
  const held = await store.scripts.version(tenant, scriptId, version);
  if (held === null) return sent;
  const whole = { script: held.text, ...(parameters && { parameters }) };
  return sameJson(whole, sent.config) ? before.job : sent;
}

/** Keeps no text of a task that was refused: nothing of it is there. */
export async function forgettingScript<T>(
  { store }: Deps,
  { tenant }: Caller,
  taskId: string,
  making: Promise<T>,
): Promise<T> {
  try {
    return await making;
  } catch (error) {
    // After other failures it may be there all the same.
    const isRefused = error instanceof TablegateError && error.status < 500;
    if (isRefused && !(await store.tasks.exists(tenant, taskId))) {
      await store.scripts.remove(tenant, taskId);
    }
    throw error;
  }
}

/**
 * The job of a task of a script object stays as it is. Of another, whoever changes anything of the
 * config is the author from then on, with his own grants: of the same text with other values, too.
 * @throws TablegateError taskOfScript, scriptInvalid, grantMissing, invalidInput
 */
export async function settleEditedScript(
  deps: Deps,
  caller: Caller,
  before: Pick<TaskView, 'id' | 'job' | 'timezone'>,
  patch: DefinitionPatch,
  options: SettleOptions = {},
): Promise<DefinitionPatch> {
  const { job } = patch;
  if (job === undefined || sameJson(job, before.job)) return patch;
  refuseTaskOfScript(before);
  if (job.type !== syncScriptType) return patch;
  const task = { id: before.id, timezone: patch.timezone ?? before.timezone };
  const sent =
    'script' in job.config
      ? parseInput(sentScriptSchema, job.config, 'task', at)
      : await textOf(deps, caller, before, job.config);
  return { ...patch, job: await settled(deps, caller, task, sent, options) };
}

/** Whether two values read the same, whatever the order of their members. */
function sameJson(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
}

/** A stored config that is sent back changed stands for its text; it must be the task's own. */
async function textOf(
  { store }: Deps,
  { tenant }: Caller,
  before: Pick<TaskView, 'job'>,
  config: Config,
): Promise<SentScript> {
  if (!('scriptId' in config)) return parseInput(sentScriptSchema, config, 'task', at);
  const { scriptId, version, parameters } = parseInput(storedScriptSchema, config, 'task', at);
  const isOwn = before.job.type === syncScriptType && before.job.config.scriptId === scriptId;
  const found = isOwn ? await store.scripts.version(tenant, scriptId, version) : null;
  if (!found) {
    const message = `the task has no version ${version} of a script ${scriptId}; send the text as "script"`;
    throw refused('invalidInput', [{ path: 'job.config.scriptId', message }]);
  }
  return { script: found.text, ...(parameters && { parameters }) };
}

async function settled(
  deps: Deps,
  caller: Caller,
  task: { id: string; timezone: string },
  { script: text, parameters }: SentScript,
  { dryRun = false }: SettleOptions,
): Promise<TaskDefinition['job']> {
  const reading = await checked(deps, caller, task, { script: text, parameters });
  const { version } = dryRun ? { version: 1 } : await keep(deps, caller, task.id, text, reading);
  const config: StoredScript = {
    ...{ scriptId: task.id, version },
    ...(parameters && { parameters }),
    ...reading.lineage,
  };
  if (Buffer.byteLength(JSON.stringify(config)) > maxBytesOfConfig) {
    const message = 'the script names more tables than a task can hold; make several of it';
    throw refused('invalidInput', [{ path: 'job.config.script', message }]);
  }
  return { type: syncScriptType, config };
}

async function checked(
  deps: Deps,
  caller: Caller,
  { timezone }: { timezone: string },
  { script: text, parameters }: SentScript,
): Promise<ScriptReading> {
  const known = await knownConnections(deps.store, caller.tenant);
  const now = { scheduleTime: new Date(), timezone };
  const reading = readScript(text, parameterList(parameters), now, known);
  const errors = reading.problems.filter(({ severity }) => severity === 'error');
  if (reading.script === null || errors.length > 0) {
    throw refused('scriptInvalid', errors.map(fieldOf));
  }
  const obstacles = reading.endpoints.flatMap(
    (endpoint) => endpointObstacle(endpoint, known) ?? [],
  );
  const unset = reading.unresolved.map(
    (name) => `nothing is set for \${${name}}; name it in "parameters"`,
  );
  const messages = [...obstacles, ...unset];
  if (messages.length > 0) {
    const fields = messages.map((message) => ({ path: 'job.config.script', message }));
    throw refused('scriptInvalid', fields);
  }
  for (const { connection, side } of reading.endpoints) {
    await requireGrant(deps.store, caller, connection!, side);
  }
  return reading;
}

function fieldOf({ line, column, path, message }: ScriptProblem): FieldError {
  const where = path === '' ? '' : ` \`${path}\``;
  const place = `line ${line}, column ${column}${where}`;
  return { path: 'job.config.script', message: `${place}: ${message}` };
}

/** The same text of the same author is no new version. */
async function keep(
  { store }: Deps,
  { tenant, userId, name }: Caller,
  scriptId: string,
  text: string,
  { lineage }: ScriptReading,
): Promise<{ version: number }> {
  return store.scripts.addVersion(tenant, {
    ...{ scriptId, text, remarks: '', author: userId, authorName: name },
    ...{ config: null, analysis: { lineage: withoutColumns(lineage), checks: [] } },
  });
}

function withoutColumns({ reads, writes }: ScriptLineage): LineageAnalysis {
  const tableOf = (table: string) => ({ table, columns: null });
  return { reads: reads.map(tableOf), writes: writes.map(tableOf), complete: true };
}

function refused(code: 'invalidInput' | 'scriptInvalid', fields: FieldError[]): TablegateError {
  const [first] = fields;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  return new TablegateError(code, `The script cannot be taken: ${first?.message}${more}.`, {
    fields,
  });
}
