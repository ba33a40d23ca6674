import { mergeDefinition, type TaskView } from '../../model/task';
import type { StoredScript } from '../../store/store';
import { changesBetween } from '../changes';
import { definitionOf } from '../definitions';
import type { SchedulingDeps } from '../deps';
import { dependenciesOf } from './dependencies';
import { ownFields, scriptDefinition } from './definition';
import { asOf, tablesOf } from './versions';

/**
 * The settings of a script's task of production that its published version, published again, would
 * change.
 * @param known the task as it is; where it is not given, as it is stored
 */
export async function differencesOf(
  deps: Pick<SchedulingDeps, 'store' | 'settings'>,
  tenant: string,
  script: StoredScript,
  known?: TaskView,
): Promise<string[]> {
  const { store } = deps;
  const { prodTask, publishedVersion } = script;
  if (prodTask === null || publishedVersion === null) return [];
  const [task, version] = await Promise.all([
    known ?? store.tasks.find(tenant, prodTask),
    store.scripts.version(tenant, script.id, publishedVersion),
  ]);
  if (!task || !version) return [];
  const published = asOf(script, version);
  const upstream = await dependenciesOf(deps, tenant, published.config);
  const definition = scriptDefinition(deps, published, 'Prod', {
    ...{ version: version.version, lineage: tablesOf(version) },
    dependsOn: upstream.flatMap(({ taskId }) => taskId ?? []),
  });
  // The job changes by way of the script alone.
  const { job: _job, ...own } = ownFields(definition);
  const before = definitionOf(task);
  const after = mergeDefinition(before, own);
  return changedIn(before, after).flatMap((name) =>
    name === 'runPolicy'
      ? changedIn(before.runPolicy, after.runPolicy).map((part) => `runPolicy.${part}`)
      : [name],
  );
}

function changedIn<T extends object>(before: T, after: T): string[] {
  return Object.keys(changesBetween(before, after).after);
}
