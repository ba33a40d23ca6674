/** Tasks by their ids, for lists of what belongs to them. */
import { useQuery } from '@tanstack/react-query';
import { call, type Schemas } from './client';

export type KnownTask = Pick<Schemas['Task'], 'name' | 'timezone' | 'kind' | 'imported'>;

/** A task that was removed, or is not there yet, is not in the answer. */
export function useTasks(ids: readonly string[]): Map<string, KnownTask> {
  const wanted = [...new Set(ids)].sort();
  const { data } = useQuery({
    queryKey: ['GET /tasks/{id}', 'known', wanted],
    enabled: wanted.length > 0,
    staleTime: 300_000,
    placeholderData: (before) => before,
    queryFn: () => Promise.all(wanted.map(readTask)),
  });
  return new Map(data?.filter((entry) => entry !== null));
}

async function readTask(id: string): Promise<[string, KnownTask] | null> {
  try {
    const { name, timezone, kind, imported } = await call('GET /tasks/{id}', { params: { id } });
    return [id, { name, timezone, kind, imported }];
  } catch {
    return null;
  }
}
