/** Lists are read in pages, newest first. */

export interface PageRequest {
  /** 1 to 1000. */
  pageSize: number;
  /** `nextPageToken` of the page before; `invalidInput` with path `pageToken` where it is not one. */
  pageToken: string | null;
}

/** Most items that are counted; beyond it there are only more. */
export const mostCounted = 10_000;

/** How many items a list has, all pages together. */
export interface Total {
  count: number;
  /** True: more than that. */
  more: boolean;
}

export interface CountedPage<Item> extends Page<Item> {
  total: Total;
}

export interface Page<Item> {
  items: Item[];
  /** Null on the last page. */
  nextPageToken: string | null;
}
