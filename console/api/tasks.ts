/** Tasks by their ids, for lists of what belongs to them. */
import { useQuery } from '@tanstack/react-query';
import { call, type Schemas } from './client';

export type KnownTask = Schemas['TaskName'];

/** So many are asked for at once. */
const mostAtOnce = 200;

/** Removed tasks are among them; one that is not there yet is not. */
export function useTasks(ids: readonly string[]): Map<string, KnownTask> {
  const wanted = [...new Set(ids)].sort();
  const { data = [] } = useQuery<KnownTask[]>({
    queryKey: ['GET /tasks:named', wanted],
    enabled: wanted.length > 0,
    placeholderData: (before) => before,
    queryFn: async ({ signal }) => {
      const starts = Array.from({ length: Math.ceil(wanted.length / mostAtOnce) }, (_, n) => n);
      const answers = await Promise.all(
        starts.map((n) => {
          const some = wanted.slice(n * mostAtOnce, (n + 1) * mostAtOnce);
          return call('GET /tasks:named', { query: { ids: some.join(',') } }, signal);
        }),
      );
      return answers.flatMap(({ items }) => items);
    },
  });
  return new Map(data.map((task) => [task.id, task]));
}
