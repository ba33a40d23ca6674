/** A script with its parameters: what it says, reads and writes. Pure. */
import { parseScript, type ScriptProblem, type SyncScript } from './script';
import type { KnownConnection } from './script-connections';
import { scriptEndpoints, scriptLineage, type ScriptEndpoint } from './script-endpoints';
import { planOf } from './script-plan';
import type { ScriptLineage, ScriptParameter } from './script-version';
import { parseTableName } from './table-name';
import { resolveParameters, type EvaluatedAt } from './schedule-parameters';

export interface ScriptReading {
  /** With the values put in; null where it cannot be read. */
  script: SyncScript | null;
  /** Of the text as it was typed, as far as that can be read by itself. */
  problems: ScriptProblem[];
  /** Where the script reads and writes at that time. */
  endpoints: ScriptEndpoint[];
  /** The same, each in its place, as the text has it: tables of a day keep their `${…}`. */
  named: ScriptEndpoint[];
  /** Names of tables, as the text has them. */
  lineage: ScriptLineage;
  values: Record<string, string>;
  unresolved: string[];
}

/**
 * @param known connections of the tenant
 * @param at a schedule time that values are tried with
 * @throws UnreadableValue where a value cannot be read
 */
export function readScript(
  text: string,
  parameters: readonly ScriptParameter[],
  at: EvaluatedAt,
  known: readonly KnownConnection[],
): ScriptReading {
  const typed = parseScript(text);
  const resolved = resolveParameters(text, parameters, at);
  const { values, unresolved } = resolved;
  const run = resolved.text === text ? typed : parseScript(resolved.text);
  // Where only the values make it a script, as in "writeMode": "${mode}", the values count.
  const isTyped = typed.script !== undefined;
  const problems = isTyped && run.script === undefined ? run.problems : typed.problems;
  if (run.script === undefined) {
    const lineage = { reads: [], writes: [] };
    const nothing = { script: null, endpoints: [], named: [], lineage };
    return { ...nothing, problems, values, unresolved };
  }
  const endpoints = scriptEndpoints(run.script, known);
  const isSame = typed === run || !isTyped;
  const asTyped = isSame ? endpoints : scriptEndpoints(typed.script!, known);
  const named = namesKnown(asTyped, known) ? asTyped : endpoints;
  const { reads, writes } = scriptLineage(named);
  return {
    script: run.script,
    problems: isTyped ? problems : run.problems,
    lineage: { reads: reads.filter(isTableName), writes: writes.filter(isTableName) },
    ...{ endpoints, named, values, unresolved },
  };
}

/** Longer names than a table may have are left out. */
function isTableName(name: string): boolean {
  return parseTableName(name) !== null;
}

/** False where a connection is named by a parameter. */
function namesKnown(
  endpoints: readonly ScriptEndpoint[],
  known: readonly KnownConnection[],
): boolean {
  const names = new Set(known.map(({ name }) => name));
  return endpoints.every(({ connection }) => connection !== null && names.has(connection));
}

/** Why an endpoint cannot be used, whatever is in it; null where nothing is wrong with it. */
export function endpointObstacle(
  { side, kind, connection, place }: ScriptEndpoint,
  known: readonly KnownConnection[],
): string | null {
  const found = known.find(({ name }) => name === connection);
  const what = side === 'read' ? 'reader' : 'writer';
  if (!found) {
    if (connection !== null) return `there is no connection ${connection}`;
    return `no connection matches ${place}; make one, or name one by "datasource"`;
  }
  if (found.type === kind) return null;
  return `the connection ${found.name} is of type ${found.type}; this ${what} is for ${kind}`;
}

/**
 * Whether an endpoint names files by their path: which they are shows when they are read or written.
 * @param index of it among the endpoints of the script
 */
export function isByPath(script: SyncScript, index: number): boolean {
  const { read, write } = planOf(script);
  const part = read.parts[index];
  return part === undefined ? write.table === null : part.paths.length > 0;
}

/** Where in a script an endpoint stands, as problems name it. */
export function endpointPath({ side }: Pick<ScriptEndpoint, 'side'>): (string | number)[] {
  return ['job', 'content', 0, side === 'read' ? 'reader' : 'writer', 'parameter'];
}
