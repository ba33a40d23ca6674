/** The checks of a submission: each with what it found, and none in the way of another. */
import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import type { KnownConnection } from '../../model/script-connections';
import { checkColumns } from '../../model/script-columns';
import type { ScriptEndpoint } from '../../model/script-endpoints';
import { analyseLineage } from '../../model/script-lineage';
import type { CheckName, ScriptAnalysis, ScriptCheck } from '../../model/script-object';
import { planOf, type FileOptions, type WritePlan } from '../../model/script-plan';
import {
  endpointObstacle,
  isByPath,
  readScript,
  type ScriptReading,
} from '../../model/script-reading';
import { placeholdersOf, UnreadableValue } from '../../model/schedule-parameters';
import type { ScriptLineage } from '../../model/script-version';
import { formatTableName } from '../../model/table-name';
import { maxBytesOfConfig } from '../../model/task';
import { knownConnections } from '../../store/known-connections';
import type { StoredScript } from '../../store/store';
import type { SchedulingDeps } from '../deps';
import { requireGrant } from '../grants';
import { settleRecurrence } from '../recurrences';
import { checkTimes } from '../time-checks';
import { dependenciesOf } from './dependencies';
import { lookAtTables, type SeenTables } from './look-at-tables';
import { nextRunOf } from './next-run';
import { scriptDefinition } from './definition';

export interface Findings extends ScriptAnalysis {
  /** Tables that the tasks of the script are to name. */
  tables: ScriptLineage;
}

/** What a task keeps of a script beside the names of its tables, in bytes. */
const roomForIds = 500;

/** Nobody reads more of one check. */
const mostMessages = 50;

/** What a check says that another one stands before. */
export const notLooked = 'not looked at: what stands above has to be right first';

/** Looks at a draft as it is, with everything around it as it is now. */
export async function analyse(
  deps: SchedulingDeps,
  caller: Caller,
  script: StoredScript,
): Promise<Findings> {
  const known = await knownConnections(deps.store, caller.tenant);
  const reading = readDraft(script, known);
  if (reading instanceof UnreadableValue) return unreadable(reading);
  const isRead = reading.script !== null;
  const obstacles = reading.endpoints.flatMap(
    (endpoint) => endpointObstacle(endpoint, known) ?? [],
  );
  const isConnected = isRead && obstacles.length === 0;
  const grants = isConnected
    ? await checkGrants(deps, caller, reading)
    : judged('grants', [notLooked]);
  // Nobody is told what lies behind a connection that he may not use.
  const mayLook = grants.status === 'pass';
  const seen = mayLook ? await lookAtTables(deps, caller, lookedAt(reading)) : null;
  const checks = [
    checkText(reading),
    checkParameters(script, reading),
    isRead ? judged('connections', obstacles) : judged('connections', [notLooked]),
    grants,
    checkTables(reading, seen),
    checkAllColumns(reading, seen),
    checkSchedule(script),
    await checkDependencies(deps, caller, script, reading.lineage),
    checkTimeout(script),
  ];
  return {
    checks,
    lineage: analyseLineage(reading.named, describedAs(reading, seen)),
    tables: reading.lineage,
  };
}

/** Endpoints whose tables can be looked at before a run. */
function lookedAt({ script, endpoints }: ScriptReading): ScriptEndpoint[] {
  return endpoints.filter((_, index) => script !== null && !isByPath(script, index));
}

/** Columns of the tables that were looked at, by the names that the text has for them. */
function describedAs(
  { named, endpoints }: ScriptReading,
  seen: SeenTables | null,
): Map<string, string[]> {
  const byName = new Map((seen?.tables ?? []).map(({ name, columns }) => [name, columns]));
  const described = new Map<string, string[]>();
  const nameOf = (endpoint: ScriptEndpoint | undefined, index: number): string | null => {
    const table = endpoint?.tables[index];
    if (!endpoint || endpoint.connection === null || !table) return null;
    return formatTableName({ connection: endpoint.connection, ...table });
  };
  endpoints.forEach((endpoint, place) => {
    endpoint.tables.forEach((_table, index) => {
      const columns = byName.get(nameOf(endpoint, index) ?? '');
      const name = nameOf(named[place], index);
      if (columns && name !== null)
        described.set(
          name,
          columns.map((column) => column.name),
        );
    });
  });
  return described;
}

function readDraft(
  { text, config }: StoredScript,
  known: readonly KnownConnection[],
): ScriptReading | UnreadableValue {
  try {
    return readScript(text, config.scheduleParameters, nextRunOf(config).at, known);
  } catch (error) {
    if (error instanceof UnreadableValue) return error;
    throw error;
  }
}

function unreadable({ message }: UnreadableValue): Findings {
  return {
    checks: [judged('parameters', [message])],
    lineage: { reads: [], writes: [], complete: false },
    tables: { reads: [], writes: [] },
  };
}

/** A check by what it found. */
function judged(name: CheckName, failures: string[], warnings: string[] = []): ScriptCheck {
  const status = failures.length > 0 ? 'failure' : warnings.length > 0 ? 'warning' : 'pass';
  const found = [...failures, ...warnings];
  const more = found.length - mostMessages;
  const messages = more > 0 ? [...found.slice(0, mostMessages), `and ${more} more`] : found;
  return { name, status, messages };
}

function checkText({ problems }: ScriptReading): ScriptCheck {
  const of = (wanted: 'error' | 'warning') =>
    problems
      .filter(({ severity }) => severity === wanted)
      .map(({ line, column, path, message }) => {
        const where = path === '' ? '' : ` ${path}`;
        return `line ${line}, column ${column}${where}: ${message}`;
      });
  return judged('script', of('error'), of('warning'));
}

function checkParameters(
  { text, config }: StoredScript,
  { unresolved }: ScriptReading,
): ScriptCheck {
  const used = new Set(placeholdersOf(text));
  const idle = config.scheduleParameters.filter(({ name }) => !used.has(name));
  return judged(
    'parameters',
    unresolved.map((name) => `the script names \${${name}}, and no parameter sets it`),
    idle.map(({ name }) => `the script does not name \${${name}}`),
  );
}

async function checkGrants(
  { store }: SchedulingDeps,
  caller: Caller,
  { endpoints }: ScriptReading,
): Promise<ScriptCheck> {
  const failures: string[] = [];
  for (const { connection, side } of endpoints) {
    const refusal = await refusalOf(requireGrant(store, caller, connection!, side));
    if (refusal !== null) failures.push(refusal);
  }
  return judged('grants', [...new Set(failures)]);
}

async function refusalOf(asking: Promise<unknown>): Promise<string | null> {
  try {
    await asking;
    return null;
  } catch (error) {
    if (error instanceof TablegateError && error.status < 500) return error.message;
    throw error;
  }
}

function checkTables(reading: ScriptReading, seen: SeenTables | null): ScriptCheck {
  if (seen === null || reading.script === null) return judged('tables', [notLooked]);
  const { write } = planOf(reading.script);
  const missing = seen.tables
    .filter(({ columns, side }) => columns === null && !(side === 'write' && isMade(write)))
    .map(({ name, side }) =>
      side === 'read'
        ? `the source has no table ${name}`
        : `the target has no table ${name}; make it, or set "createTable": true`,
    );
  const looked = lookedAt(reading);
  const unnamed = reading.endpoints
    .filter((endpoint) => !looked.includes(endpoint) || endpoint.tables.length === 0)
    .map(({ place }) => `what is at ${place} shows when it runs`);
  const partly = reading.endpoints
    .filter(({ parsed }) => !parsed)
    .map(() => 'a query says what the parser does not know; not all of its tables were looked at');
  const { lineage } = reading;
  const tooMany =
    Buffer.byteLength(JSON.stringify(lineage)) > maxBytesOfConfig - roomForIds
      ? ['the script names more tables than a task can hold; make several of it']
      : [];
  return judged('tables', [...seen.failures, ...missing, ...tooMany], [...unnamed, ...partly]);
}

/** A file is made by whoever writes it. */
function isMade({ createTable, kind }: WritePlan): boolean {
  return createTable || kind === 'files';
}

function checkAllColumns(reading: ScriptReading, seen: SeenTables | null): ScriptCheck {
  if (seen === null || reading.script === null) return judged('columns', [notLooked]);
  const plan = planOf(reading.script);
  const target = seen.tables.find(({ side }) => side === 'write');
  const isOfQuery = plan.read.parts.some(({ queries }) => queries.length > 0);
  const isAsFound = plan.read.kind !== 'files' || isPlainFile(plan.read.file);
  const reads = new Map(
    seen.tables.flatMap(({ name, side, columns }) =>
      side === 'read' && columns && !isOfQuery && isAsFound ? [[name, columns] as const] : [],
    ),
  );
  const { failures, warnings } = checkColumns(plan, {
    reads,
    target: target?.columns ? { name: target.name, columns: target.columns } : null,
  });
  return judged('columns', failures, warnings);
}

/** Whether a file is read as it looks: without a word of the script on how. */
function isPlainFile(file: FileOptions): boolean {
  const { encoding, delimiter, skipHeader, quoted, format } = file;
  const isGuessed = encoding === null && delimiter === null && skipHeader === null && quoted;
  return isGuessed || format === 'parquet';
}

function checkSchedule({ config: { scheduleConfiguration } }: StoredScript): ScriptCheck {
  const { scheduleType, recurrence, timezone } = scheduleConfiguration;
  if (scheduleType === 'Manual Task Node') return judged('schedule', []);
  if (recurrence === null) return judged('schedule', ['a Recurring Task Node needs a cycle']);
  try {
    settleRecurrence(recurrence, timezone);
  } catch (error) {
    if (error instanceof TablegateError) return judged('schedule', [error.message]);
    throw error;
  }
  const { isScheduled } = nextRunOf({ scheduleConfiguration });
  return judged('schedule', [], isScheduled ? [] : ['the cycle has no time that is still to come']);
}

/** Whether all that comes before is there, and nothing comes before itself. */
async function checkDependencies(
  deps: SchedulingDeps,
  caller: Caller,
  script: StoredScript,
  lineage: ScriptLineage,
): Promise<ScriptCheck> {
  const found = await dependenciesOf(deps, caller.tenant, script.config);
  const failures = found.flatMap(({ id, name, taskId }) => {
    if (name === null) return [`there is no script or task ${id}`];
    return taskId === null ? [`the script "${name}" is not in production; publish it first`] : [];
  });
  if (failures.length > 0 || checkSchedule(script).status === 'failure') {
    return judged('dependencies', failures);
  }
  const dependsOn = found.flatMap(({ taskId }) => taskId ?? []);
  const definition = scriptDefinition(deps, script, 'Prod', { version: 1, lineage, dependsOn });
  const task = {
    ...{ tenant: caller.tenant, taskId: script.prodTask ?? script.id, number: script.number },
    ...{ createdAt: script.createdAt, definition },
  };
  const refusal = await refusalOf(checkTimes(deps, task, { dependsOn, job: definition.job }));
  return judged('dependencies', refusal === null ? [] : [refusal]);
}

function checkTimeout({ config: { runConfiguration } }: StoredScript): ScriptCheck {
  const message =
    'no run timeout is set; a run that hangs holds its resources until it is cancelled';
  return judged('timeout', [], runConfiguration.timeout === null ? [message] : []);
}
