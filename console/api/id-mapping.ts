/** Results of ID mappings: what the record of a run says, and look-ups of single IDs. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { request, type ApiProblem } from './client';

/** The summary of a run's record. Parts that a former version did not write are missing. */
export interface IdMappingSummary {
  output: string;
  users: number;
  ids: number;
  idsByType: Record<string, number>;
  rowsRead: number;
  leftOut: {
    idType: string;
    value: string;
    why?: 'filler' | 'shared' | 'contradicting';
    others: number | null;
    cells?: number;
    tables: string[];
  }[];
  leftOutCount: number;
  /** Users by how many IDs they have; `to` null: without end. */
  sizes?: { largest: number; groups: { from: number; to: number | null; users: number }[] };
  /** Of each table: rows, rows with a user, and rows whose user other tables have too. */
  matched?: { table: string; rows: number; withUser: number; matched: number }[];
  /** What became of the users of the run before; null where there was none. */
  changes?: Record<'new' | 'kept' | 'gone' | 'merged' | 'split', number> | null;
}

export interface IdValue {
  idType: string;
  value: string;
}

interface TableRows {
  table: string;
  rows: number;
}

export interface UserAnswer {
  oneId: string;
  runId: string;
  idCount: number;
  truncated: boolean;
  ids: (IdValue & { firstTable: string; tables: TableRows[] })[];
  tables: TableRows[];
  changes: {
    change: string;
    oneId: string;
    otherOneId: string | null;
    ids: number;
    runId: string;
  }[];
}

export interface ChainAnswer {
  oneId: string;
  runId: string;
  from: IdValue;
  to: IdValue;
  length: number;
  truncated: boolean;
  links: { table: string; from: IdValue; to: IdValue; rows: number }[];
}

/** Reads a summary; null for one that is of another job. */
export function idMappingSummaryOf(
  summary: Record<string, unknown> | null,
): IdMappingSummary | null {
  const isOne = typeof summary?.['users'] === 'number' && typeof summary['ids'] === 'number';
  return isOne ? (summary as unknown as IdMappingSummary) : null;
}

const pathOf = (taskId: string, what: string, query: Record<string, string>): string =>
  `/api/v1/tasks/${taskId}/id-mapping/${what}?${new URLSearchParams(query)}`;

/** The user behind an ID. */
export function useUserLookUp(
  taskId: string,
  id: IdValue | null,
): UseQueryResult<UserAnswer, ApiProblem> {
  return useQuery<UserAnswer, ApiProblem>({
    queryKey: ['look-up', 'user', taskId, id],
    enabled: id !== null,
    retry: false,
    queryFn: ({ signal }) =>
      request('GET', pathOf(taskId, 'user', { ...(id as IdValue) }), {}, signal),
  });
}

/** Why two IDs are one user. */
export function useChainLookUp(
  taskId: string,
  from: IdValue | null,
  to: IdValue | null,
): UseQueryResult<ChainAnswer, ApiProblem> {
  return useQuery<ChainAnswer, ApiProblem>({
    queryKey: ['look-up', 'chain', taskId, from, to],
    enabled: from !== null && to !== null,
    retry: false,
    queryFn: ({ signal }) => {
      const query = {
        ...{ fromType: from?.idType ?? '', fromValue: from?.value ?? '' },
        ...{ toType: to?.idType ?? '', toValue: to?.value ?? '' },
      };
      return request('GET', pathOf(taskId, 'chain', query), {}, signal);
    },
  });
}
