/** Pages by the key of their last item: rows that come meanwhile neither shift nor repeat any. */
import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { TablegateError } from '../model/errors';
import type { Page, PageRequest } from './store';

/** Where a page ends: most lists go by time, newest first, then by id. */
export interface PageKey {
  /** ISO 8601 in UTC with milliseconds; any text where the list goes by one. */
  at: string;
  id: string;
}

export interface PagingOptions {
  /** What the ids of its rows look like, where the column is no text. */
  idPattern?: RegExp;
  /** By time where nothing is said. */
  by?: 'time' | 'text';
  /** Descending where nothing is said. */
  order?: 'asc' | 'desc';
}

/** Most items of one page. */
const maxPageSize = 1000;

/** A list that can be paged: a token serves the list that it came from, filter included. */
export class Paging {
  readonly #scope: string;
  readonly #options: Required<PagingOptions>;
  readonly #size: number;
  readonly #after: PageKey | null;

  /**
   * @param scope the list's name, its tenant and its filter
   * @throws TablegateError invalidInput for a size or a token that cannot be
   */
  constructor(
    scope: readonly (string | boolean | null)[],
    page: PageRequest,
    { idPattern = /(?:)/, by = 'time', order = 'desc' }: PagingOptions = {},
  ) {
    this.#scope = JSON.stringify(scope);
    this.#options = { idPattern, by, order };
    this.#size = validSize(page.pageSize);
    this.#after = page.pageToken === null ? null : this.#read(page.pageToken);
  }

  /** Rows to ask for: one more than the page has, which tells whether there is a next one. */
  get limit(): number {
    return this.#size + 1;
  }

  /** The condition that leaves out this page's predecessors. */
  after(at: string | RawBuilder<unknown>, id: string): RawBuilder<boolean> {
    if (this.#after === null) return sql<boolean>`true`;
    const column = typeof at === 'string' ? sql.ref(at) : at;
    const comes = sql.raw(this.#options.order === 'desc' ? '<' : '>');
    return sql<boolean>`(${column}, ${sql.ref(id)}) ${comes} (${this.#after.at}, ${this.#after.id})`;
  }

  /** The page that `rows` (as many as `limit` lets through) make. */
  page<Row, Item>(
    rows: readonly Row[],
    keyOf: (row: Row) => PageKey,
    toItem: (row: Row) => Item,
  ): Page<Item> {
    const shown = rows.slice(0, this.#size);
    const last = shown.at(-1);
    return {
      items: shown.map(toItem),
      nextPageToken: last && rows.length > this.#size ? this.#write(keyOf(last)) : null,
    };
  }

  #write({ at, id }: PageKey): string {
    const key = JSON.stringify([at, id]);
    return Buffer.from(`${this.#seal(key)}${key}`).toString('base64url');
  }

  #read(token: string): PageKey {
    const text = Buffer.from(token, 'base64url').toString();
    const key = text.slice(sealLength);
    if (this.#seal(key) !== text.slice(0, sealLength)) throw notAToken();
    const { at, id } = parseKey(key);
    const { idPattern, by } = this.#options;
    if (by === 'time' && !isIsoTime(at)) throw notAToken();
    if (!idPattern.test(id) || this.#write({ at, id }) !== token) throw notAToken();
    return { at, id };
  }

  /** Tells slips and tokens of other lists; it guards nothing, as rows are chosen by tenant anyway. */
  #seal(key: string): string {
    const digest = createHash('sha256').update(`${this.#scope}\n${key}`).digest('base64url');
    return digest.slice(0, sealLength);
  }
}

const sealLength = 12;

function validSize(size: number): number {
  if (Number.isInteger(size) && size >= 1 && size <= maxPageSize) return size;
  throw invalid('pageSize', `it must be a whole number from 1 to ${maxPageSize}`);
}

function parseKey(key: string): PageKey {
  let parts: unknown;
  try {
    parts = JSON.parse(key);
  } catch {
    throw notAToken();
  }
  const [at, id] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (typeof at !== 'string' || typeof id !== 'string') throw notAToken();
  return { at, id };
}

function isIsoTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}

function notAToken(): TablegateError {
  return invalid(
    'pageToken',
    'it is not the nextPageToken of a page of this list; leave it out to begin with the newest',
  );
}

function invalid(path: string, message: string): TablegateError {
  return new TablegateError('invalidInput', `${path} is not valid: ${message}.`, {
    fields: [{ path, message }],
  });
}
