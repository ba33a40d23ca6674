import { TablegateError } from '../../model/errors';
import { syncScriptType } from '../../model/sync-script-config';
import type { TaskView } from '../../model/task';

type Job = Pick<TaskView, 'id' | 'job'>;

/** The script object that a task was made of; null of a plain task, whose script goes by its own id. */
export function scriptIdOf({ id, job }: Job): string | null {
  if (job.type !== syncScriptType) return null;
  const { scriptId } = job.config;
  return typeof scriptId === 'string' && scriptId !== id ? scriptId : null;
}

/** @throws TablegateError taskOfScript for what is done to the script instead */
export function refuseTaskOfScript(task: Job): void {
  const scriptId = scriptIdOf(task);
  if (scriptId === null) return;
  throw new TablegateError(
    'taskOfScript',
    `The task belongs to the script ${scriptId}; change, submit, unpublish or remove that.`,
  );
}
