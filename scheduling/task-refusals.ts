/** Refusals that several calls of tasks share. */
import { TablegateError, type ErrorCode } from '../model/errors';
import { whyNotByHand, whyOnlyImport } from '../model/imported';
import type { Imported } from '../model/task';

/** True for a refusal with this code. */
export function isRefusal(error: unknown, code: ErrorCode): boolean {
  return error instanceof TablegateError && error.code === code;
}

export function taskNotFound(taskId: string): TablegateError {
  return new TablegateError('taskNotFound', `There is no task ${taskId}.`);
}

/**
 * Refuses a change of a task that is not what the caller saw.
 * @param ifVersion version that the caller saw; null: whichever
 */
export function refuseStale(task: { version: number }, ifVersion: number | null): void {
  if (ifVersion === null || ifVersion === task.version) return;
  throw new TablegateError(
    'staleVersion',
    `The task is at version ${task.version}, the edit was made on ${ifVersion}; read it again.`,
  );
}

/**
 * Refuses a change of a task that an import keeps, before more is asked of it. Its workflow refuses
 * it too.
 */
export function refuseImported({ imported }: { imported: Imported | null }): void {
  if (imported === null) return;
  throw taskImported(whyOnlyImport(imported));
}

/** Refuses a run that a person asks for of a task that only its import and its tables run. */
export function refuseByHand(task: Parameters<typeof whyNotByHand>[0]): void {
  const reason = whyNotByHand(task);
  if (reason !== null) throw taskImported(reason);
}

function taskImported(reason: string): TablegateError {
  return new TablegateError('taskImported', `T${reason.slice(1)}.`);
}

/** The refusal to remove a task that others name in `dependsOn`. */
export function taskInUse(
  task: { name: string },
  users: readonly { id: string; name: string }[],
): TablegateError {
  const names = users.map(({ id, name }) => `"${name}" (${id})`).join(', ');
  return new TablegateError(
    'taskInUse',
    `The task "${task.name}" is named in dependsOn of ${names}; ` +
      'edit those first, or remove it with detach=true.',
  );
}
