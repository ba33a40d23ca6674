/** Tasks as they were saved, by this version or a former one. */
import { defaultRunPolicy, noRuntimeResource, type RunPolicy, type TaskView } from '../model/task';

/** What former versions did not write yet. */
type AddedLater =
  | 'imported'
  | 'recurrence'
  | 'dependsOn'
  | 'notifications'
  | 'runPolicy'
  | 'runtimeResource'
  | 'dataSource';

export type StoredTaskView = Omit<TaskView, AddedLater> &
  Partial<Pick<TaskView, Exclude<AddedLater, 'runPolicy'>>> & { runPolicy: Partial<RunPolicy> };

/** The view, with defaults for what a former version left out. */
export function wholeTaskView(stored: StoredTaskView): TaskView {
  return {
    ...stored,
    imported: stored.imported ?? null,
    recurrence: stored.recurrence ?? null,
    dependsOn: stored.dependsOn ?? [],
    notifications: stored.notifications ?? null,
    runtimeResource: stored.runtimeResource ?? noRuntimeResource,
    dataSource: stored.dataSource ?? null,
    runPolicy: { ...defaultRunPolicy, ...stored.runPolicy },
    gate: stored.gate && {
      ...stored.gate,
      dated: stored.gate.dated.map((gate) => ({ ...gate, upstream: gate.upstream ?? null })),
      running: stored.gate.running ?? null,
    },
  };
}
