/** What a definition must satisfy as to what it waits for, its time, upstream tasks and webhooks. */
import type { FieldError } from '../model/errors';
import { invalidInput } from '../model/field-errors';
import { isUpstream, lineageTask } from '../model/lineage';
import type { TaskDefinition } from '../model/task';
import { hostAllowed } from '../model/webhooks';
import { refuseCycle } from './cycles';
import type { SchedulingDeps } from './deps';
import { lineageOf } from './task-checks';

type Deps = Pick<SchedulingDeps, 'store' | 'jobTypes' | 'settings'>;

/** A task as it is to be saved. */
export interface TaskToSave {
  tenant: string;
  taskId: string;
  number: string;
  createdAt: string;
  definition: TaskDefinition;
}

type Fields = Partial<Record<keyof TaskDefinition, unknown>>;

/**
 * @param sent what the caller sent: only that is checked, so that an edit of other fields never
 * fails for what was saved before
 * @throws TablegateError invalidInput, cyclicDependency
 */
export async function checkTimes(deps: Deps, task: TaskToSave, sent: Fields): Promise<void> {
  const has = (...names: (keyof TaskDefinition)[]): boolean =>
    names.some((name) => sent[name] !== undefined);
  if (has('kind', 'tables', 'job')) requireTables(deps, task.definition);
  if (has('kind', 'recurrence')) requireRecurrence(task.definition);
  if (has('notifications')) checkWebhooks(deps, task.definition);
  if (has('dependsOn')) await checkUpstream(deps, task);
  if (has('dependsOn', 'job', 'tables', 'kind')) await checkCycles(deps, task);
}

function requireTables({ jobTypes }: Deps, { kind, tables, job }: TaskDefinition): void {
  const needsOne = kind === 'triggered' || jobTypes.get(job.type)?.needsIdMapping;
  if (!needsOne || tables.length > 0) return;
  throw invalidInput('task', [{ path: 'tables', message: 'at least one table is needed' }]);
}

function requireRecurrence({ kind, recurrence }: TaskDefinition): void {
  if (kind !== 'recurring' || recurrence !== null) return;
  const message =
    'a recurring task needs one, such as {"every":"day","at":"02:30"} or {"cron":"0 30 2 * * ?"}';
  throw invalidInput('task', [{ path: 'recurrence', message }]);
}

function checkWebhooks({ settings }: Deps, { notifications }: TaskDefinition): void {
  const fields = (notifications?.webhooks ?? []).flatMap(({ url }, index): FieldError[] => {
    if (hostAllowed(url, settings.webhookHosts)) return [];
    const message =
      `webhooks to ${new URL(url).host} are not allowed; ` +
      'the setting TABLEGATE_WEBHOOK_HOSTS names the hosts that are';
    return [{ path: `notifications.webhooks[${index}].url`, message }];
  });
  if (fields.length > 0) throw invalidInput('task', fields);
}

async function checkUpstream({ store }: Deps, task: TaskToSave): Promise<void> {
  const { dependsOn } = task.definition;
  if (dependsOn.length === 0) return;
  const live = await store.tasks.lineage(task.tenant, [...new Set(dependsOn)]);
  const known = new Set(live.map((task) => task.id));
  const fields = dependsOn.flatMap((_id, index): FieldError[] => {
    const message = whyNotUpstream(task.taskId, dependsOn, index, known);
    return message === null ? [] : [{ path: `dependsOn[${index}]`, message }];
  });
  if (fields.length > 0) throw invalidInput('task', fields);
}

function whyNotUpstream(
  taskId: string,
  dependsOn: readonly string[],
  index: number,
  known: ReadonlySet<string>,
): string | null {
  const id = dependsOn[index]!;
  if (id === taskId) return 'a task cannot come after itself';
  if (dependsOn.indexOf(id) < index) return `the task ${id} is named twice`;
  return known.has(id) ? null : `there is no task ${id}`;
}

async function checkCycles({ store, jobTypes }: Deps, task: TaskToSave): Promise<void> {
  const { tenant, taskId, number, createdAt, definition } = task;
  const lineage = lineageOf(jobTypes, { number, ...definition });
  const saved = lineageTask({ id: taskId, createdAt, ...definition }, lineage);
  // Most tasks have nothing after them: one look at an index spares them the whole graph.
  const after = await store.tasks.downstreamOf(tenant, taskId, saved.writes);
  if (!after.some((down) => isUpstream(saved, down))) return;
  refuseCycle(saved, await store.tasks.lineage(tenant));
}
