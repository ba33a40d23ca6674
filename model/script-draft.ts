/** Drafts of scripts: new ones, and what an edit makes of one. Pure. */
import { TablegateError } from './errors';
import type { Recurrence } from './recurrence';
import type { ScheduleType, ScriptConfig, ScriptPatch, ScriptState } from './script-object';

/** Cycle of a new `Recurring Task Node`. */
const dailyAtMidnight: Recurrence = {
  ...{ every: 'day', at: '00:00' },
  ...{ startTime: null, endTime: null, mode: 'normal', catchUp: 'latest' },
};

export function newConfig(script: {
  scheduleType: ScheduleType;
  description: string;
  timezone: string;
  by: string;
}): ScriptConfig {
  const { scheduleType, description, timezone, by } = script;
  return {
    basicInformation: { developer: by, operationOwner: by, description },
    scheduleConfiguration: {
      ...{ scheduleType, timezone, paused: false },
      recurrence: scheduleType === 'Recurring Task Node' ? dailyAtMidnight : null,
    },
    scheduleDependency: { dependsOn: [] },
    scheduleParameters: [],
    runConfiguration: {
      ...{ timeout: null, rerunMode: 'AllAllowed', rerunTimes: 0, rerunInterval: 60 },
    },
  };
}

/**
 * Settings after an edit. A node that becomes a manual one loses its cycle, one that becomes
 * recurring gets the usual one, unless the edit says something else.
 * @throws TablegateError invalidInput for a manual node with a cycle or with dependencies
 */
export function editedConfig(config: ScriptConfig, patch: ScriptPatch): ScriptConfig {
  const scheduleConfiguration = {
    ...config.scheduleConfiguration,
    ...sent(patch.scheduleConfiguration),
  };
  const { scheduleType } = scheduleConfiguration;
  if (patch.scheduleConfiguration?.recurrence === undefined) {
    const { recurrence } = scheduleConfiguration;
    scheduleConfiguration.recurrence =
      scheduleType === 'Manual Task Node' ? null : (recurrence ?? dailyAtMidnight);
  }
  const edited = {
    basicInformation: { ...config.basicInformation, ...sent(patch.basicInformation) },
    scheduleConfiguration,
    scheduleDependency: patch.scheduleDependency ?? config.scheduleDependency,
    scheduleParameters: patch.scheduleParameters ?? config.scheduleParameters,
    runConfiguration: { ...config.runConfiguration, ...sent(patch.runConfiguration) },
  };
  refuseManual(edited);
  return edited;
}

function sent<Part extends object>(
  part: Part | undefined,
): { [Key in keyof Part]: Exclude<Part[Key], undefined> } {
  const entries = Object.entries(part ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Part]: Exclude<Part[Key], undefined> };
}

function refuseManual({ scheduleConfiguration, scheduleDependency }: ScriptConfig): void {
  if (scheduleConfiguration.scheduleType !== 'Manual Task Node') return;
  const fields = [
    ...(scheduleConfiguration.recurrence === null
      ? []
      : [
          {
            path: 'scheduleConfiguration.recurrence',
            message: 'a Manual Task Node runs only when it is started by hand; it has no cycle',
          },
        ]),
    ...(scheduleDependency.dependsOn.length === 0
      ? []
      : [
          {
            path: 'scheduleDependency.dependsOn',
            message: 'a Manual Task Node has no dependencies',
          },
        ]),
  ];
  if (fields.length === 0) return;
  const { message } = fields[0]!;
  throw new TablegateError('invalidInput', `${message[0]!.toUpperCase()}${message.slice(1)}.`, {
    fields,
  });
}

/** How far a script has come. */
export function stateOf(script: {
  submittedVersion: number | null;
  publishedVersion: number | null;
}): ScriptState {
  if (script.publishedVersion !== null) return 'published';
  return script.submittedVersion === null ? 'draft' : 'submitted';
}
