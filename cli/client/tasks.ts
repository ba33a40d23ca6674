/** Tasks by the names that people call them. */
import { ApiError, type ApiClient } from '../api-client';
import { isId } from '../../model/names';
import type { TaskRead } from '../../scheduling/scheduling';
import { plain } from '../show/width';

interface TaskPage {
  items: TaskRead[];
  nextPageToken: string | null;
}

/**
 * Finds a task by its id or its exact name.
 * @returns its id; that there is a task of this id is not looked at
 * @throws Error where no task or more than one has that name
 */
export async function findTask(api: ApiClient, text: string): Promise<string> {
  if (isId(text)) return text;
  const like = await tasksLike(api, text);
  const found = like.filter(({ name }) => name === text);
  if (found.length > 1) throw new Error(severalHave(text, found));
  if (found[0]) return found[0].id;
  throw new Error(noneHas(text, like));
}

/** All tasks that have the text in their names, newest first. */
async function tasksLike(api: ApiClient, text: string): Promise<TaskRead[]> {
  if (text.trim() === '') return [];
  const found: TaskRead[] = [];
  let token: string | null = '';
  while (token !== null) {
    const query = new URLSearchParams({ search: text, pageSize: '1000', pageToken: token });
    const page: TaskPage = await api.get(`/tasks?${query.toString()}`);
    found.push(...page.items);
    token = page.nextPageToken;
  }
  return found;
}

function severalHave(name: string, tasks: readonly TaskRead[]): string {
  const ids = tasks.map(({ id, kind }) => `  ${id}  (${kind})`);
  return [`${tasks.length} tasks are called "${plain(name)}"; name one by its id:`, ...ids].join(
    '\n',
  );
}

const mostLike = 5;

function noneHas(name: string, like: readonly TaskRead[]): string {
  const none = `No task has the id or the exact name "${plain(name)}".`;
  if (like.length === 0) return `${none} All tasks: npx tablegate task list`;
  const near = like.slice(0, mostLike).map((task) => `  ${task.id}  ${plain(task.name)}`);
  const more = like.length > mostLike ? [`  and ${like.length - mostLike} more`] : [];
  return [`${none} There are:`, ...near, ...more].join('\n');
}

/** What is shown of a task where only its id is known. */
export interface KnownTask {
  name: string;
  timezone: string | null;
}

/** Names and time zones of tasks; of one that cannot be read any more, its id. */
export async function knownTasks(
  api: ApiClient,
  ids: Iterable<string>,
): Promise<(id: string) => KnownTask> {
  const known = new Map<string, KnownTask>();
  await Promise.all(
    [...new Set(ids)].map(async (id) => {
      const task = await api.get<TaskRead>(`/tasks/${id}`).catch(unlessGone);
      if (task) known.set(id, task);
    }),
  );
  return (id) => known.get(id) ?? { name: id, timezone: null };
}

function unlessGone(error: unknown): null {
  if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return null;
  throw error;
}
