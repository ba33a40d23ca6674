/** What is wrong with a text, asked once typing pauses. */
import { useQuery } from '@tanstack/react-query';
import { call, type ApiProblem, type Schemas } from '../../../api/client';
import { useDebounced } from '../../../ui/use-debounced';

const none: Schemas['ScriptProblem'][] = [];

export interface Problems {
  items: Schemas['ScriptProblem'][];
  /** Why the text cannot be looked at; null where it was, or is about to be. */
  refusal: string | null;
  /** False: nothing is known yet. */
  isKnown: boolean;
  /** True: they are of the text as it stands. */
  isSettled: boolean;
}

export function useProblems(text: string): Problems {
  // A long text takes longer to send and to read.
  const settled = useDebounced(text, text.length > 50_000 ? 1_500 : 400);
  const { data, error, isFetching } = useQuery<Schemas['ScriptValidation'], ApiProblem>({
    queryKey: ['POST /scripts:validate', settled],
    queryFn: ({ signal }) => call('POST /scripts:validate', { body: { script: settled } }, signal),
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
  return {
    items: (error ? null : data?.problems) ?? none,
    refusal: error && (error.fields[0]?.message ?? error.message),
    isKnown: data !== undefined,
    isSettled: settled === text && !isFetching,
  };
}
