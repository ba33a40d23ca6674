/** Lists that the API hands out page by page. */
import { useMemo, useState } from 'react';
import { call, type Answer, type ApiProblem, type CallName, type Input } from '../api/client';
import { useCall } from '../api/hooks';

/** Calls that answer `{items, nextPageToken}`. */
type Listing = {
  [Name in Extract<CallName, `GET ${string}`>]: Answer<Name> extends {
    items: unknown[];
    nextPageToken: string | null;
  }
    ? Name
    : never;
}[Extract<CallName, `GET ${string}`>];

export type ItemOf<Name extends Listing> =
  Answer<Name> extends { items: (infer Item)[] } ? Item : never;

export interface Paged<Item> {
  rows: Item[] | undefined;
  problem: ApiProblem | null;
  fetching: boolean;
  retry: () => void;
  /** Number of the page, from 1. */
  page: number;
  /** How many there are on all pages, where the call counts them. */
  total: { count: number; more: boolean } | null;
  hasNext: boolean;
  next: () => void;
  previous: () => void;
  first: () => void;
  pageSize: number;
  setPageSize: (size: number) => void;
  /** Reads all pages, for an export. */
  all: () => Promise<Item[]>;
}

interface ListAnswer<Item> {
  items: Item[];
  nextPageToken: string | null;
  total?: { count: number; more: boolean };
}

/** No export is longer than this; a file of more lines no spreadsheet opens. */
const mostExported = 200_000;

export function usePaged<Name extends Listing>(
  name: Name,
  input: Input<Name>,
  { enabled = true, size = 25 }: { enabled?: boolean; size?: number } = {},
): Paged<ItemOf<Name>> {
  const [pageSize, setSize] = useState(size);
  const asked = JSON.stringify([input, pageSize]);
  const [walk, setWalk] = useState<{ asked: string; tokens: string[] }>({ asked, tokens: [] });
  // Another question begins on its first page.
  const tokens = walk.asked === asked ? walk.tokens : [];
  const pageToken = tokens.at(-1);
  const query = { ...(input as { query?: object }).query, pageSize, pageToken };
  const answer = useCall(name, { ...input, query } as Input<Name>, { enabled, keep: true });
  const data = answer.data as ListAnswer<ItemOf<Name>> | undefined;
  const nextToken = data?.nextPageToken ?? null;
  return useMemo(
    () => ({
      rows: data?.items,
      problem: data === undefined ? answer.error : null,
      fetching: answer.isFetching,
      retry: () => void answer.refetch(),
      page: tokens.length + 1,
      total: data?.total ?? null,
      hasNext: nextToken !== null,
      next: () => nextToken !== null && setWalk({ asked, tokens: [...tokens, nextToken] }),
      previous: () => setWalk({ asked, tokens: tokens.slice(0, -1) }),
      first: () => setWalk({ asked, tokens: [] }),
      pageSize,
      setPageSize: setSize,
      all: () => readAll(name, input),
    }),
    // `tokens`, `name` and `input` are part of `asked`.
    [data, answer.error, answer.isFetching, asked, nextToken, tokens.length],
  );
}

/** Reads a list to its end. */
export async function readAll<Name extends Listing>(
  name: Name,
  input: Input<Name>,
): Promise<ItemOf<Name>[]> {
  const items: ItemOf<Name>[] = [];
  let pageToken: string | undefined;
  do {
    const query = { ...(input as { query?: object }).query, pageSize: 1000, pageToken };
    const page = (await call(name, { ...input, query } as Input<Name>)) as {
      items: ItemOf<Name>[];
      nextPageToken: string | null;
    };
    items.push(...page.items);
    pageToken = page.nextPageToken ?? undefined;
  } while (pageToken !== undefined && items.length < mostExported);
  return items;
}

/** The same of rows that are all there already: no page shows more of them than a person can read. */
export function usePagedRows<Item>(
  rows: Item[] | undefined,
  {
    problem = null,
    retry = () => undefined,
    size = 25,
  }: { problem?: ApiProblem | null; retry?: () => void; size?: number } = {},
): Paged<Item> {
  const [pageSize, setPageSize] = useState(size);
  const [wanted, setPage] = useState(1);
  const count = rows?.length ?? 0;
  const page = Math.min(wanted, Math.max(1, Math.ceil(count / pageSize)));
  return {
    rows: rows?.slice((page - 1) * pageSize, page * pageSize),
    problem,
    fetching: false,
    retry,
    page,
    total: { count, more: false },
    hasNext: page * pageSize < count,
    next: () => setPage(page + 1),
    previous: () => setPage(page - 1),
    first: () => setPage(1),
    pageSize,
    setPageSize,
    all: () => Promise.resolve(rows ?? []),
  };
}
