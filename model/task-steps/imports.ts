/** What an import brings into the task that it keeps. */
import type { DefinitionPatch } from '../task';
import type { TaskState } from '../task-state';
import { editTask, removeTask, setPaused } from './definition';
import { refuse, type Refusal, type StepContext } from './step';

/** An imported task as the foreign system has it now. */
export interface ImportedTask {
  patch: DefinitionPatch;
  paused: boolean;
}

/** Why an import does not change the task; null where it does. */
export function whyNotImport(state: TaskState): Refusal | null {
  if (state.removed) return refuse('taskRemoved', 'the task has been removed');
  return state.imported ? null : refuse('idTaken', 'the task was made here, no import keeps it');
}

/**
 * Takes what the import has: settings and pause, or, null, that it has the task no more. Call
 * `whyNotImport` first.
 */
export function takeImport(
  state: TaskState,
  task: ImportedTask | null,
  by: string,
  context: StepContext,
): void {
  if (task === null) return removeTask(state, by, context);
  // A pause holds back what the new settings would start, and a resumed task starts with them.
  if (task.paused) setPaused(state, true, context);
  if (Object.keys(task.patch).length > 0) editTask(state, task.patch, context);
  setPaused(state, task.paused, context);
}
