import type { TaskQuery } from '../../model/task-list';

/** Asks for every task, newest first. */
export const allTasks: TaskQuery = {
  ...{ search: null, kind: null, status: null, paused: null, tag: null },
  ...{ sort: 'created', order: 'desc' },
};
