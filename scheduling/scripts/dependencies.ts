/** What a script comes after: scripts and tasks, by their ids. */
import type { FieldError } from '../../model/errors';
import type { ScriptConfig } from '../../model/script-object';
import type { SchedulingDeps } from '../deps';

export interface Dependency {
  id: string;
  /** The task that stands for it in production; null: there is none. */
  taskId: string | null;
  /** Null where there is neither a script nor a task of that id. */
  name: string | null;
}

/** In the order in which they are named. */
export async function dependenciesOf(
  { store }: Pick<SchedulingDeps, 'store'>,
  tenant: string,
  { scheduleDependency: { dependsOn } }: ScriptConfig,
): Promise<Dependency[]> {
  if (dependsOn.length === 0) return [];
  const [scripts, tasks] = await Promise.all([
    store.scripts.findAll(tenant, dependsOn),
    store.tasks.findAll(tenant, dependsOn),
  ]);
  return dependsOn.map((id) => {
    const script = scripts.find((known) => known.id === id);
    if (script) {
      const taskId = script.publishedVersion === null ? null : script.prodTask;
      return { id, taskId, name: script.name };
    }
    const task = tasks.find((known) => known.id === id);
    return { id, taskId: task ? id : null, name: task?.name ?? null };
  });
}

/** What is wrong with them whatever their state. */
export async function unknownDependencies(
  deps: Pick<SchedulingDeps, 'store'>,
  tenant: string,
  scriptId: string,
  config: ScriptConfig,
): Promise<FieldError[]> {
  const found = await dependenciesOf(deps, tenant, config);
  return found.flatMap(({ id, name }, index) => {
    const path = `scheduleDependency.dependsOn[${index}]`;
    if (id === scriptId) return [{ path, message: 'a script cannot come after itself' }];
    return name === null ? [{ path, message: `there is no script or task ${id}` }] : [];
  });
}
