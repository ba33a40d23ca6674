/** Stored scripts as they are shown. */
import { stateOf } from '../../model/script-draft';
import type { ScriptRow, ScriptView } from '../../model/script-object';
import type { TaskView } from '../../model/task';
import type { StoredScript } from '../../store/store';
import type { SchedulingDeps } from '../deps';
import { differencesOf } from './differences';

export function rowOf(script: StoredScript): ScriptRow {
  const { id, number, project, directory, name, environment, scheduleType, origin } = script;
  const { sourceType, source, targetType, target } = origin;
  const { submittedVersion, publishedVersion, draftDigest, submittedDigest } = script;
  const { createdBy, createdAt, updatedBy, updatedAt } = script;
  return {
    ...{ id, number, project, directory, name, environment, scheduleType },
    description: script.config.basicInformation.description,
    ...{ sourceType, source, targetType, target },
    state: stateOf(script),
    draftDiffers: draftDigest !== submittedDigest,
    ...{ submittedVersion, publishedVersion },
    // Until something is submitted or published the ids are only set aside.
    devTaskId: submittedVersion === null ? null : script.devTask,
    prodTaskId: publishedVersion === null ? null : script.prodTask,
    ...{ createdBy, createdAt, updatedBy, updatedAt },
    version: Number(script.revision),
  };
}

/** @param task that of production, where it is known better than it is stored */
export async function viewOf(
  deps: Pick<SchedulingDeps, 'store' | 'settings'>,
  tenant: string,
  script: StoredScript,
  task?: TaskView,
): Promise<ScriptView> {
  const taskDiffers = await differencesOf(deps, tenant, script, task);
  return { ...rowOf(script), taskDiffers, text: script.text, ...script.config };
}
