/** Rows on their way into a table of a DuckDB file. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Cell, TransferColumn } from '../../model/transfer-types';
import { fileSystemError } from '../file-system-error';
import type { GroupSizes } from '../group-sizes';
import { NotDecodable, PostgresDecoder } from '../postgres-decoder';
import { refusedRows, StagedRows, type TakeRelation } from '../staged-rows';
import { quoteIdentifier } from '../sql-text';
import {
  takeAll,
  type ColumnPair,
  type RefuseRow,
  type RowSink,
  type RowSource,
  type WriteRequest,
} from '../transfer';
import { duckdbError } from './errors';

type Meter = Parameters<RowSink['takeFast']>[1];

/** All rows as a relation with the columns under their names, and `file_row_number`. */
export interface GatheredRows {
  setup: string[];
  sql: string;
  /** Files that it reads, beside those of the scratch folder. */
  paths: string[];
  /** Left out where they are not known. */
  sizes?: GroupSizes;
}

/** Takes rows as they come, and forgets them again. */
export interface Stream {
  /** Name of the file that they go into. */
  name: string;
  take: TakeRelation;
  reset(): Promise<void>;
}

export class DuckdbSink implements RowSink {
  readonly pairs: ColumnPair[];
  readonly #request: WriteRequest;
  readonly #judge: DuckDBConnection;
  readonly #stream: Stream | null;
  readonly #columns: TransferColumn[];
  readonly #staged: StagedRows;
  #fast: GatheredRows | null = null;
  #decoder: PostgresDecoder | null = null;

  /**
   * @param judge an engine that knows which values its types take
   * @param stream left out: rows come together in the scratch folder
   */
  constructor(
    request: WriteRequest,
    pairs: ColumnPair[],
    judge: DuckDBConnection,
    stream: Stream | null = null,
  ) {
    this.pairs = pairs;
    this.#request = request;
    this.#judge = judge;
    this.#stream = stream;
    this.#columns = pairs.map(({ target }) => target);
    this.#staged = new StagedRows(request.scratchDir, this.#columns, stream?.take);
  }

  explain(error: unknown): Error {
    const isOfSystem = (error as NodeJS.ErrnoException).code !== undefined;
    return isOfSystem
      ? fileSystemError('The copy of the rows', error)
      : duckdbError(this.#stream?.name ?? 'The copy of the rows', error);
  }

  async write(rows: Cell[][], refuse: RefuseRow): Promise<void> {
    const refused = await refusedRows(this.#judge, this.#columns, rows);
    const places = new Set(refused.map(({ place }) => place));
    for (const { place, reason } of refused) refuse(place, reason);
    await this.#staged.add(places.size === 0 ? rows : rows.filter((_, at) => !places.has(at)));
  }

  async takeFast(source: RowSource, meter: Meter): Promise<number | null> {
    const { binaryCopy } = source.fast;
    const relation = this.#relationOf(source);
    if (relation !== null && source.rowsAbout !== null) {
      this.#fast = relation;
      await meter({ bytes: 0, rows: source.rowsAbout });
      return source.rowsAbout;
    }
    return binaryCopy === undefined ? null : this.#decode(binaryCopy, meter);
  }

  /** @returns what was not handed on as it came */
  async finish(): Promise<GatheredRows> {
    if (this.#fast !== null) return this.#fast;
    const staged = this.#decoder ?? this.#staged;
    const sql = await staged.finish();
    return { setup: [], sql, paths: [], sizes: staged.sizes };
  }

  /** Whether rows were taken one group after the other, so that there are none to gather. */
  get isStreamed(): boolean {
    return this.#stream !== null && this.#fast === null;
  }

  async discard(): Promise<void> {
    await this.#staged.discard();
    await this.#decoder?.discard();
  }

  /** The source as it lies there, where its types are those of the table. */
  #relationOf(source: RowSource): GatheredRows | null {
    const { relation } = source.fast;
    if (relation === undefined || this.#columns.some(({ nullable }) => !nullable)) return null;
    const types = this.pairs.map(({ source: at }) => relation.types[at]);
    if (types.some((type, at) => type !== this.#columns[at]!.vendorType)) return null;
    const cells = this.pairs.map(({ source: at, target }) => {
      const name = quoteIdentifier(source.columns[at]!.name);
      return `${name} AS ${quoteIdentifier(target.name)}`;
    });
    const sql = `(SELECT ${cells.join(', ')}, row_number() OVER () AS file_row_number FROM ${relation.sql})`;
    return { setup: relation.setup, sql, paths: relation.paths };
  }

  async #decode(
    { parts, typeIds }: NonNullable<RowSource['fast']['binaryCopy']>,
    meter: Meter,
  ): Promise<number | null> {
    const { scratchDir } = this.#request;
    const take = this.#stream?.take ?? null;
    const decoder = PostgresDecoder.of(scratchDir, typeIds, this.pairs, take);
    if (decoder === null) return null;
    this.#decoder = decoder;
    let rows = 0;
    let isRefused = false;
    let turn: Promise<void> = Promise.resolve();
    await takeAll(parts, (chunk) => {
      turn = turn.then(async () => {
        // What cannot be decoded is read to its end, so that its session can be used again.
        isRefused ||= !(await decoded(decoder, chunk.bytes));
        rows += chunk.rows;
        await meter({ bytes: chunk.bytes.length, rows: chunk.rows });
      });
      return turn;
    });
    if (!isRefused) return rows;
    await decoder.discard();
    this.#decoder = null;
    await this.#stream?.reset();
    return null;
  }
}

/** @returns false where a value has to go through its text */
async function decoded(decoder: PostgresDecoder, bytes: Buffer): Promise<boolean> {
  try {
    await decoder.add(bytes);
    return true;
  } catch (error) {
    if (error instanceof NotDecodable) return false;
    throw error;
  }
}
