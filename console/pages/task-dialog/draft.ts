/** The trigger URLs of a task that is not saved yet. */
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { call, type ApiProblem, type Schemas } from '../../api/client';
import { useDebounced } from '../../ui/use-debounced';

export interface DraftUrls {
  /** Id that the task has to be saved under; null before the first answer. */
  id: string | null;
  urlOf: (table: string) => string | null;
  problem: ApiProblem | null;
}

/**
 * Asks for the URLs as soon as there are tables, and again when these change; the id stays.
 * @param taskId the task that is edited; null for a new one
 */
export function useDraft(
  taskId: string | null,
  tables: readonly string[],
  wanted: boolean,
): DraftUrls {
  const given = useRef<string | null>(taskId);
  const asked = useDebounced(tables, 250);
  const { data, error } = useQuery<Schemas['Draft'], ApiProblem>({
    queryKey: ['draft', taskId, asked],
    enabled: wanted && asked.length > 0,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
    queryFn: async () => {
      const id = given.current;
      const draft = await call('POST /tasks:draft', {
        body: { tables: [...asked], ...(id !== null && { id }) },
      });
      given.current = draft.id;
      return draft;
    },
  });
  const urls = new Map(data?.triggerUrls.map(({ table, url }) => [table, url]));
  return {
    id: data?.id ?? null,
    urlOf: (table) => urls.get(table) ?? null,
    problem: error,
  };
}
