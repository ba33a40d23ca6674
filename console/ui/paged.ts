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
  /** Number of the page, from 1; null: it was come to from the end, and nobody has counted so far. */
  page: number | null;
  /** How many there are on all pages, where the call counts them. */
  total: { count: number; more: boolean } | null;
  hasNext: boolean;
  hasPrevious: boolean;
  next: () => void;
  previous: () => void;
  first: () => void;
  /** Null: the list can be read from its beginning only. */
  last: (() => void) | null;
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

interface PagedOptions<Name extends Listing> {
  enabled?: boolean;
  size?: number;
  /** The same list the other way round: by it the last pages are reached. */
  reversed?: Input<Name>;
}

/** A way through a list, page by page from one of its ends: tokens lead on, and never back. */
interface Walk {
  asked: string;
  tokens: string[];
  /** From the last page on; rows of that page, so that all others are whole. Null: from the first. */
  endSize: number | null;
}

export function usePaged<Name extends Listing>(
  name: Name,
  input: Input<Name>,
  { enabled = true, size = 25, reversed }: PagedOptions<Name> = {},
): Paged<ItemOf<Name>> {
  const [pageSize, setSize] = useState(size);
  const asked = JSON.stringify([input, pageSize]);
  const [kept, setWalk] = useState<Walk>({ asked, tokens: [], endSize: null });
  // Another question begins on its first page.
  const walk = kept.asked === asked ? kept : { asked, tokens: [], endSize: null };
  const { tokens, endSize } = walk;
  const isFromEnd = endSize !== null && reversed !== undefined;
  const whole = isFromEnd ? reversed : input;
  const query = {
    ...(whole as { query?: object }).query,
    pageSize: isFromEnd && tokens.length === 0 ? endSize : pageSize,
    pageToken: tokens.at(-1),
  };
  const answer = useCall(name, { ...whole, query } as Input<Name>, { enabled, keep: true });
  const data = answer.data as ListAnswer<ItemOf<Name>> | undefined;
  return useMemo(() => {
    const further = data?.nextPageToken ?? null;
    const total = data?.total ?? null;
    const on = () => further !== null && setWalk({ ...walk, tokens: [...tokens, further] });
    const back = () => setWalk({ ...walk, tokens: tokens.slice(0, -1) });
    const [canGoOn, canGoBack] = [further !== null, tokens.length > 0];
    const lastPage =
      total === null || total.more ? null : Math.max(1, Math.ceil(total.count / pageSize));
    const restOf = (count: number) => count % pageSize || pageSize;
    return {
      rows: isFromEnd ? data?.items.toReversed() : data?.items,
      problem: data === undefined ? answer.error : null,
      fetching: answer.isFetching,
      retry: () => void answer.refetch(),
      page: isFromEnd ? lastPage && Math.max(1, lastPage - tokens.length) : tokens.length + 1,
      total,
      hasNext: isFromEnd ? canGoBack : canGoOn,
      hasPrevious: isFromEnd ? canGoOn : canGoBack,
      next: isFromEnd ? back : on,
      previous: isFromEnd ? on : back,
      first: () => setWalk({ asked, tokens: [], endSize: null }),
      last:
        reversed === undefined || total === null
          ? null
          : () => setWalk({ asked, tokens: [], endSize: restOf(total.more ? 0 : total.count) }),
      pageSize,
      setPageSize: setSize,
      all: () => readAll(name, input),
    };
    // `name`, `input` and `reversed` are part of `asked`.
  }, [data, answer.error, answer.isFetching, asked, isFromEnd, tokens.length]);
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
  const lastPage = Math.max(1, Math.ceil(count / pageSize));
  const page = Math.min(wanted, lastPage);
  return {
    rows: rows?.slice((page - 1) * pageSize, page * pageSize),
    problem,
    fetching: false,
    retry,
    page,
    total: { count, more: false },
    hasNext: page * pageSize < count,
    hasPrevious: page > 1,
    next: () => setPage(page + 1),
    previous: () => setPage(page - 1),
    first: () => setPage(1),
    last: () => setPage(lastPage),
    pageSize,
    setPageSize,
    all: () => Promise.resolve(rows ?? []),
  };
}
