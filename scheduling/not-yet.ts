import { TablegateError } from '../model/errors';
import type { TaskPatch } from '../model/task';

/**
 * Refuses what comes with a later release, before anything is made.
 * @throws TablegateError notYetAvailable naming the field
 */
export function refuseNotYet(input: TaskPatch): void {
  if (input.kind === 'recurring') refuse('kind', 'Recurring tasks');
  if (input.recurrence !== undefined && input.recurrence !== null)
    refuse('recurrence', 'Recurrences');
  if (input.dependsOn !== undefined && input.dependsOn.length > 0) {
    refuse('dependsOn', 'Upstream tasks');
  }
  if (input.notifications !== undefined && input.notifications !== null) {
    refuse('notifications', 'Notifications');
  }
  input.tables?.forEach((table, index) => {
    if (table.by === 'task') refuse(`tables[${index}].by`, 'Tables that a task marks');
  });
}

/**
 * Schedule times belong to instances, which come with recurrence.
 * @throws TablegateError notYetAvailable where one was named
 */
export function refuseScheduleTime(scheduleTime: string | null): void {
  if (scheduleTime !== null) refuse('scheduleTime', 'Schedule times');
}

function refuse(path: string, what: string): never {
  const detail = `${what} are not available in this version; nothing was created or changed.`;
  throw new TablegateError('notYetAvailable', detail, { fields: [{ path, message: detail }] });
}
