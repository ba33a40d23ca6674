import type { TaskDefinition } from '../../../model/task';
import type { TaskState } from '../../../model/task-state';
import { aDefinition, aTaskState } from './definition';

/** The state of a new task as the version before recurrence made it. */
export function aFormerState(taskId: string, given: Partial<TaskDefinition> = {}): TaskState {
  const definition = aDefinition(given);
  const state = aTaskState(taskId, definition);
  return without<TaskState>(
    {
      ...state,
      definition: without<TaskDefinition>(
        { ...definition, runPolicy: without(definition.runPolicy, 'maxParallel', 'gateExpiry') },
        ...(['recurrence', 'dependsOn', 'notifications'] as const),
      ),
    },
    ...(['lastEnd', 'cells', 'cellRuns', 'instancesForgotten', 'ticks', 'schedule'] as const),
    ...(['reports', 'notices', 'recordedByTask'] as const),
  );
}

function without<T extends object>(value: T, ...fields: (keyof T)[]): T {
  const kept = Object.entries(value).filter(([name]) => !fields.includes(name as keyof T));
  return Object.fromEntries(kept) as T;
}
