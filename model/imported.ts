/** What people may not do with tasks that a foreign system keeps in step, and why (QA-08 to QA-12). */
import type { Imported, TaskKind } from './task';

/** The creator that such a task is listed with. */
export const importCreator = 'API Sync';

/** Why a person cannot change such a task. */
export function whyOnlyImport(imported: Imported): string {
  return (
    `the task is imported from ${originOf(imported)}, which alone edits, pauses and removes it; ` +
    'change it there, and import it again'
  );
}

/** Why a person cannot run such a task where it is recurring. */
export function whyNoRunByHand(imported: Imported): string {
  return (
    `the task is imported from ${originOf(imported)} and recurring: it runs at its times and ` +
    'when its tables are triggered, and nobody starts it by hand'
  );
}

/** The same for a task as it is shown; null: a person may run it. */
export function whyNotByHand(task: { imported: Imported | null; kind: TaskKind }): string | null {
  return task.imported && task.kind === 'recurring' ? whyNoRunByHand(task.imported) : null;
}

function originOf({ source, externalId }: Imported): string {
  return source === '' ? `another system (${externalId})` : `${source} (${externalId})`;
}
