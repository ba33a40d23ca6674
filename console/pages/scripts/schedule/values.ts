/** What stands in the fields of the schedule page, and how it is sent. */
import type { Body, Schemas } from '../../../api/client';
import { cycleOf, recurrenceOf, type Cycle } from '../../task-dialog/values';

type Script = Schemas['Script'];
type Patch = Body<'PATCH /scripts/{id}'>;
export type Parameter = Script['scheduleParameters'][number];

export interface ScheduleValues {
  developer: string;
  operationOwner: string;
  description: string;
  scheduleType: Script['scheduleType'];
  cycle: Cycle;
  timezone: string;
  execution: 'normal' | 'paused';
  dependsOn: string[];
  parameters: Parameter[];
  timeoutMinutes: number | null;
  rerunMode: Script['runConfiguration']['rerunMode'];
  rerunTimes: number;
  rerunInterval: number;
}

export const isRecurring = (type: ScheduleValues['scheduleType']): boolean =>
  type === 'Recurring Task Node';

export function scheduleValuesOf(script: Script): ScheduleValues {
  const { basicInformation: basic, scheduleConfiguration: schedule } = script;
  const { timeout, rerunMode, rerunTimes, rerunInterval } = script.runConfiguration;
  return {
    developer: basic.developer ?? '',
    operationOwner: basic.operationOwner ?? '',
    description: basic.description,
    scheduleType: schedule.scheduleType,
    cycle: cycleOf(schedule.recurrence),
    timezone: schedule.timezone,
    execution: schedule.paused ? 'paused' : 'normal',
    dependsOn: script.scheduleDependency.dependsOn,
    parameters: script.scheduleParameters,
    timeoutMinutes: timeout === null ? null : timeout / 60,
    ...{ rerunMode, rerunTimes, rerunInterval },
  };
}

/** The edit that saves the five parts. */
export function patchOf(values: ScheduleValues): Patch {
  const recurring = isRecurring(values.scheduleType);
  const { rerunMode, rerunTimes, rerunInterval, timeoutMinutes } = values;
  return {
    basicInformation: {
      developer: values.developer.trim() || null,
      operationOwner: values.operationOwner.trim() || null,
      description: values.description,
    },
    scheduleConfiguration: {
      scheduleType: values.scheduleType,
      recurrence: recurring ? recurrenceOf(values.cycle) : null,
      timezone: values.timezone,
      paused: values.execution === 'paused',
    },
    scheduleDependency: { dependsOn: recurring ? values.dependsOn : [] },
    scheduleParameters: values.parameters,
    runConfiguration: {
      timeout: timeoutMinutes === null ? null : Math.round(timeoutMinutes * 60),
      ...{ rerunMode, rerunTimes, rerunInterval },
    },
  };
}

type Field = keyof ScheduleValues | (string | number)[];

/** Which field of the page a path of the API's refusal belongs to. */
export function scheduleFieldOf(path: string): Field | null {
  const [part = '', name = '', last = ''] = path.split(/[.[\]]+/);
  if (part === 'scheduleParameters') {
    return /^\d+$/.test(name) ? ['parameters', Number(name), last || 'value'] : null;
  }
  const fields: Record<string, keyof ScheduleValues> = {
    ...{ developer: 'developer', operationOwner: 'operationOwner', description: 'description' },
    ...{ scheduleType: 'scheduleType', recurrence: 'cycle', timezone: 'timezone' },
    ...{ paused: 'execution', dependsOn: 'dependsOn', timeout: 'timeoutMinutes' },
    ...{ rerunMode: 'rerunMode', rerunTimes: 'rerunTimes', rerunInterval: 'rerunInterval' },
  };
  return fields[name] ?? null;
}
