/** Rows on their way into DuckDB: files of the scratch folder, read by one statement in the end. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Cell, TransferColumn } from '../model/transfer-types';
import { GroupSizes } from './group-sizes';
import { ColumnValues, ParquetFile, type PhysicalType } from './parquet-file';
import { quoteIdentifier, quotePath, quoteText } from './sql-text';

/** Rows of a group, unless they are large. */
const groupRows = 122_880;
const groupBytes = 48 << 20;

/**
 * Takes rows while others come: a relation over some of them, which is gone afterwards.
 * @param sizes of all so far
 */
export type TakeRelation = (relation: string, sizes: GroupSizes) => Promise<void>;

/**
 * A file of rows with its columns; what they are called in it is `c0`, `c1`, …. With `take` each
 * group is a file of its own, handed on while the next one comes together.
 */
export class StagedFile {
  readonly values: ColumnValues[];
  readonly sizes = new GroupSizes();
  readonly #types: PhysicalType[];
  readonly #path: string;
  readonly #take: TakeRelation | null;
  #file: ParquetFile | null = null;
  #taking: Promise<void> = Promise.resolve();
  #groups = 0;

  constructor(filePath: string, types: PhysicalType[], take: TakeRelation | null) {
    this.#path = filePath;
    this.#types = types;
    this.#take = take;
    this.values = types.map(() => new ColumnValues());
  }

  /** Writes what has come together, where it is enough for a group. */
  async flush(force = false): Promise<void> {
    const rows = this.values[0]?.rows ?? 0;
    const bytes = this.values.reduce((sum, { length }) => sum + length, 0);
    if (!force && rows < groupRows && bytes < groupBytes) return;
    if (rows > 0) this.sizes.add(rows, this.values);
    if (this.#take !== null) {
      if (rows > 0) await this.#handOn(this.#take);
      return;
    }
    this.#file ??= await ParquetFile.create(this.#path, this.#types);
    await this.#file.add(this.values);
  }

  /** @returns a relation over all rows, with `c0`, `c1`, … and `file_row_number`; none with `take` */
  async finish(): Promise<string> {
    await this.flush(true);
    await this.#taking;
    if (this.#file === null) return '';
    await this.#file.finish();
    return relationOf(this.#path);
  }

  /** Ends it half-way; nothing is being taken any more then. */
  async discard(): Promise<void> {
    await this.#taking.catch(() => undefined);
    await this.#file?.discard();
  }

  async #handOn(take: TakeRelation): Promise<void> {
    this.#groups += 1;
    const file = `${this.#path}.${this.#groups}`;
    const group = await ParquetFile.create(file, this.#types);
    try {
      await group.add(this.values);
      await group.finish();
    } catch (error) {
      await group.discard();
      throw error;
    }
    await this.#taking;
    this.#taking = takeOnce(() => take(relationOf(file), this.sizes), file);
    // Whoever waits for it next meets what went wrong.
    this.#taking.catch(() => undefined);
  }
}

async function takeOnce(take: () => Promise<void>, file: string): Promise<void> {
  try {
    await take();
  } finally {
    await rm(file, { force: true });
  }
}

const relationOf = (file: string) => `read_parquet(${quotePath(file)}, file_row_number = true)`;

/** Rows of texts and bytes, which become what the columns hold when they are read. */
export class StagedRows {
  readonly #file: StagedFile;
  readonly #columns: TransferColumn[];

  constructor(scratchDir: string, columns: TransferColumn[], take: TakeRelation | null = null) {
    this.#columns = columns;
    this.#file = new StagedFile(
      path.join(scratchDir, `staged-${process.hrtime.bigint()}.parquet`),
      columns.map(({ type }) => (type.kind === 'bytes' ? 'bytes' : 'text')),
      take && ((relation, sizes) => take(this.#named(relation), sizes)),
    );
  }

  get sizes(): GroupSizes {
    return this.#file.sizes;
  }

  async add(rows: Cell[][]): Promise<void> {
    const { values } = this.#file;
    for (const row of rows) {
      for (let index = 0; index < values.length; index += 1) {
        const cell = row[index]!;
        if (cell === null) values[index]!.addNull();
        else if (typeof cell === 'string') values[index]!.addText(cell);
        else values[index]!.addBytes(cell);
      }
    }
    await this.#file.flush();
  }

  /** @returns a relation with the columns under their names, and `file_row_number` */
  async finish(): Promise<string> {
    return this.#named(await this.#file.finish());
  }

  #named(relation: string): string {
    const cells = this.#columns.map((column, index) => {
      return `${castSql(`c${index}`, column)} AS ${quoteIdentifier(column.name)}`;
    });
    return `(SELECT ${cells.join(', ')}, file_row_number FROM ${relation})`;
  }

  async discard(): Promise<void> {
    await this.#file.discard();
  }
}

/** The text of a cell as what its column holds. */
function castSql(cell: string, { type, vendorType }: TransferColumn): string {
  switch (type.kind) {
    case 'text':
    case 'bytes':
      return cell;
    case 'date':
    case 'timestamp':
      return `CAST(regexp_replace(${cell}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2') AS ${vendorType})`;
    default:
      return `CAST(${cell} AS ${vendorType})`;
  }
}

/** Kinds of which only DuckDB itself knows what it takes. */
const judgedThere = ['interval', 'other', 'bits', 'json'];

/** @returns places and reasons of rows whose values their columns do not take */
export async function refusedRows(
  connection: DuckDBConnection,
  columns: TransferColumn[],
  rows: Cell[][],
): Promise<{ place: number; reason: string }[]> {
  const refused = new Map<number, string>();
  for (const [index, column] of columns.entries()) {
    if (!judgedThere.includes(column.type.kind)) continue;
    const values = rows.flatMap((row, place) =>
      row[index] === null ? [] : [`(${place}, ${quoteText(String(row[index]))})`],
    );
    if (values.length === 0) continue;
    const value = castSql('text', column).replace(/^CAST/, 'TRY_CAST');
    const result = await connection.runAndReadAll(
      `SELECT place FROM (VALUES ${values.join(', ')}) AS cells(place, text) WHERE ${value} IS NULL`,
    );
    for (const [place] of result.getRowsJS()) {
      refused.set(Number(place), `${column.name}: it is no ${column.vendorType}`);
    }
  }
  return [...refused].map(([place, reason]) => ({ place, reason }));
}
