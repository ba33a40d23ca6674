import type { Caller } from '../../model/people';
import { readScheduleTime } from '../../model/calendar';
import { problemIn, type ScriptProblem } from '../../model/script';
import { endpointObstacle, endpointPath, readScript } from '../../model/script-reading';
import {
  problemOfValue,
  resolveParameters,
  type EvaluatedAt,
} from '../../model/schedule-parameters';
import type { ScriptParameter } from '../../model/script-version';
import { knownConnections } from '../../store/known-connections';
import type { SchedulingDeps } from '../deps';
import type { ScriptAccess } from './access';
import { nextRunOf } from './next-run';

export interface ScriptValidation {
  /** False where an error is among the problems, or a parameter is not set. */
  valid: boolean;
  problems: ScriptProblem[];
  reads: string[];
  writes: string[];
  values: Record<string, string>;
  unresolved: string[];
}

export interface ParameterPreview {
  scheduleTime: string;
  timezone: string;
  parameters: { name: string; value: string; result: string | null; problem: string | null }[];
  /** What the text names and nothing sets. */
  unresolved: string[];
}

/** What is said of a script without keeping anything. */
export class ScriptValidator {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store' | 'settings'>,
    private readonly access: ScriptAccess,
  ) {}

  async validate(caller: Caller, id: string): Promise<ScriptValidation> {
    const { script } = await this.access.find(caller, id);
    const { text, config } = script;
    return this.judge(caller, text, config.scheduleParameters, nextRunOf(config).at);
  }

  validateText(
    caller: Caller,
    text: string,
    parameters: ScriptParameter[],
  ): Promise<ScriptValidation> {
    const { timezone } = this.deps.settings;
    return this.judge(caller, text, parameters, { scheduleTime: new Date(), timezone });
  }

  private async judge(
    caller: Caller,
    text: string,
    parameters: ScriptParameter[],
    at: EvaluatedAt,
  ): Promise<ScriptValidation> {
    const known = await knownConnections(this.deps.store, caller.tenant);
    const reading = readScript(text, parameters, at, known);
    const obstacles = reading.endpoints.flatMap((endpoint) => {
      const message = endpointObstacle(endpoint, known);
      if (message === null) return [];
      return [problemIn(text, { path: endpointPath(endpoint), message, severity: 'error' })];
    });
    const problems = [...reading.problems, ...obstacles];
    const { values, unresolved, lineage } = reading;
    const hasError = problems.some(({ severity }) => severity === 'error');
    return {
      valid: reading.script !== null && !hasError && unresolved.length === 0,
      ...{ problems, ...lineage, values, unresolved },
    };
  }

  /** What parameters come to in the next run, or at a time that is named. */
  async preview(
    caller: Caller,
    id: string,
    ask: { scheduleTime: string | null; parameters: ScriptParameter[] | null },
  ): Promise<ParameterPreview> {
    const { script } = await this.access.find(caller, id);
    const { at } = nextRunOf(script.config);
    const { timezone } = at;
    const scheduleTime =
      ask.scheduleTime === null
        ? at.scheduleTime
        : new Date(readScheduleTime(ask.scheduleTime, timezone, 'scheduleTime'));
    const time = { scheduleTime, timezone };
    const parameters = ask.parameters ?? script.config.scheduleParameters;
    const readable = parameters.filter(({ value }) => problemOfValue(value) === null);
    const { values, unresolved } = resolveParameters(script.text, readable, time);
    const unset = new Set(parameters.map(({ name }) => name));
    return {
      ...{ scheduleTime: scheduleTime.toISOString(), timezone },
      parameters: parameters.map(({ name, value }) => ({
        ...{ name, value, problem: problemOfValue(value) },
        result: problemOfValue(value) === null ? (values[name] ?? null) : null,
      })),
      unresolved: unresolved.filter((name) => !unset.has(name)),
    };
  }
}
