/** Lists are read in pages, newest first. */

export interface PageRequest {
  /** 1 to 1000. */
  pageSize: number;
  /** `nextPageToken` of the page before; `invalidInput` with path `pageToken` where it is not one. */
  pageToken: string | null;
}

export interface Page<Item> {
  items: Item[];
  /** Null on the last page. */
  nextPageToken: string | null;
}
