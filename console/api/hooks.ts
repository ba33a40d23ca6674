/** Calls of the API as queries and actions of React. */
import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useRef } from 'react';
import { call, type Answer, type ApiProblem, type CallName, type Input } from './client';
import { touchedBy, type ChangeKind } from './changes';

type Reading = Extract<CallName, `GET ${string}`>;

export interface ReadOptions {
  /** False: it is not asked for yet. */
  enabled?: boolean;
  /** What was shown before stays until the new answer is there. */
  keep?: boolean;
}

/** Reads; what changes on the server is read anew by itself (`live.ts`). */
export function useCall<Name extends Reading>(
  name: Name,
  input: Input<Name>,
  { enabled = true, keep = false }: ReadOptions = {},
): UseQueryResult<Answer<Name>, ApiProblem> {
  return useQuery<Answer<Name>, ApiProblem>({
    queryKey: [name, input],
    queryFn: ({ signal }) => call(name, input, signal),
    enabled,
    ...(keep ? { placeholderData: keepPreviousData as never } : {}),
  });
}

/**
 * Writes. What is asked for again while it is still on its way is not sent twice: whoever clicks twice
 * wants it once.
 * @param touches what is read anew once it has been done
 */
export function useAction<Name extends CallName>(
  name: Name,
  touches: readonly ChangeKind[] = [],
): UseMutationResult<Answer<Name>, ApiProblem, Input<Name>> {
  const client = useQueryClient();
  const underWay = useRef(new Map<string, Promise<Answer<Name>>>()).current;
  const once = (input: Input<Name>): Promise<Answer<Name>> => {
    const asked = JSON.stringify(input);
    const answer = underWay.get(asked) ?? call(name, input).finally(() => underWay.delete(asked));
    underWay.set(asked, answer);
    return answer;
  };
  return useMutation<Answer<Name>, ApiProblem, Input<Name>>({
    mutationFn: once,
    onSettled: () => client.invalidateQueries({ predicate: touchedBy(touches) }),
  });
}
