import { defaultRunPolicy, noRuntimeResource, type TaskDefinition } from '../../../model/task';
import { newTaskState, type TaskState } from '../../../model/task-state';

export const [one, two, three] = ['crm.main.one', 'crm.main.two', 'crm.main.three'] as const;

export const listed = (...names: string[]): TaskDefinition['tables'] =>
  names.map((name) => ({ name, by: 'url' }));

/** A triggered task of two tables, but for what is given. */
export function aDefinition(given: Partial<TaskDefinition> = {}): TaskDefinition {
  return {
    name: 'Unify',
    description: '',
    owner: null,
    tags: [],
    environment: 'Prod',
    kind: 'triggered',
    tables: listed(one, two),
    whileRunning: 'ignore',
    timezone: 'UTC',
    job: { type: 'fake', config: {} },
    runPolicy: defaultRunPolicy,
    recurrence: null,
    dependsOn: [],
    notifications: null,
    runtimeResource: noRuntimeResource,
    dataSource: null,
    ...given,
  };
}

/** The state of a task that begins now. */
export function aTaskState(
  taskId: string,
  definition: TaskDefinition,
  now = new Date().toISOString(),
): TaskState {
  return newTaskState(
    { tenant: 'default', taskId, number: '7', creator: 'a developer', definition, paused: false },
    now,
  );
}
