/** The tasks of a script, as the script says that they are. */
import type { Environment, ScriptConfig } from '../../model/script-object';
import type { ScriptLineage } from '../../model/script-version';
import { syncScriptType } from '../../model/sync-script-config';
import { parseTableName } from '../../model/table-name';
import type { DefinitionPatch, TaskDefinition, TaskKind } from '../../model/task';
import type { StoredScript } from '../../store/store';
import { newDefinition } from '../definitions';
import type { SchedulingDeps } from '../deps';

/** What a task of a script is made from. */
export interface TwinVersion {
  version: number;
  lineage: ScriptLineage;
  /** Tasks that come before; in development nothing does. */
  dependsOn: string[];
}

/** The whole definition of a task of a script, as a new one has it. */
export function scriptDefinition(
  { settings }: Pick<SchedulingDeps, 'settings'>,
  script: Pick<StoredScript, 'id' | 'name' | 'config'>,
  environment: Environment,
  { version, lineage, dependsOn }: TwinVersion,
): TaskDefinition {
  const { basicInformation, scheduleConfiguration, runConfiguration } = script.config;
  const { timezone, recurrence } = scheduleConfiguration;
  const isProd = environment === 'Prod';
  const tables = lineage.reads.filter((name) => parseTableName(name) !== null);
  return newDefinition(
    {
      ...{ name: script.name, environment, timezone },
      description: basicInformation.description,
      owner: basicInformation.operationOwner,
      kind: isProd ? kindOf(script.config) : 'manual',
      tables: tables.map((name) => ({ name, by: 'url' as const })),
      job: { type: syncScriptType, config: { scriptId: script.id, version, ...lineage } },
      runPolicy: runConfiguration,
      recurrence: isProd ? recurrence : null,
      dependsOn: isProd ? dependsOn : [],
    },
    settings.timezone,
  );
}

function kindOf({ scheduleConfiguration }: ScriptConfig): TaskKind {
  return scheduleConfiguration.scheduleType === 'Recurring Task Node' ? 'recurring' : 'manual';
}

/** What a script says of a task that there is: tags, webhooks and the like stay. */
export function ownFields(definition: TaskDefinition): DefinitionPatch {
  const { name, description, owner, kind, tables, timezone, job, recurrence, dependsOn } =
    definition;
  const { timeout, rerunMode, rerunTimes, rerunInterval } = definition.runPolicy;
  const runPolicy = { timeout, rerunMode, rerunTimes, rerunInterval };
  const fields = { name, description, owner, kind, tables, timezone, job, recurrence, dependsOn };
  return { ...fields, runPolicy };
}
