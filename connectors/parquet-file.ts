/**
 * Writes Parquet that DuckDB reads quickly: plain values, no compression, a group of rows at a time.
 * Only for files of the scratch folder: what users get is written by DuckDB.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { footerOf, pageHeaderOf, type ColumnMeta, type GroupMeta } from './parquet-thrift';

/** How values of a column are kept, by Parquet's numbers. */
const physicalTypes = {
  text: { type: 6, converted: 0 },
  bytes: { type: 6, converted: null },
  int32: { type: 1, converted: null },
  int64: { type: 2, converted: null },
  float: { type: 4, converted: null },
  double: { type: 5, converted: null },
  date: { type: 1, converted: 6 },
  /** Microseconds since 1970, in UTC. */
  timestamptz: { type: 2, converted: 10 },
} as const;

/** A decimal is a whole number with the digits after its point left out. */
export type PhysicalType =
  keyof typeof physicalTypes | { type: 'decimal'; precision: number; scale: number };

function metaOf(name: string, type: PhysicalType): ColumnMeta {
  if (typeof type === 'string') return { name, ...physicalTypes[type] };
  const { precision, scale } = type;
  return { name, type: 2, converted: 5, decimal: { precision, scale } };
}

const firstBytes = 64 << 10;

/** Values of one column, added one after the other. */
export class ColumnValues {
  data = Buffer.allocUnsafe(firstBytes);
  length = 0;
  rows = 0;
  nulls = 0;
  /** A bit for each row that holds a value. */
  present = new Uint8Array(1024);

  /** Makes room for so many bytes more. @returns where they begin */
  reserve(bytes: number): number {
    const at = this.length;
    const needed = at + bytes;
    if (needed > this.data.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.data.length * 2));
      this.data.copy(larger, 0, 0, at);
      this.data = larger;
    }
    this.length = needed;
    return at;
  }

  addNull(): void {
    this.nulls += 1;
    this.rows += 1;
  }

  /** The next row has a value, which the caller has put, or puts, into `data`. */
  addPresent(): void {
    const byte = this.rows >> 3;
    if (byte >= this.present.length) {
      const larger = new Uint8Array(this.present.length * 2);
      larger.set(this.present);
      this.present = larger;
    }
    this.present[byte]! |= 1 << (this.rows & 7);
    this.rows += 1;
  }

  addText(text: string): void {
    const most = text.length * 3;
    const at = this.reserve(4 + most);
    const written = this.data.write(text, at + 4, 'utf8');
    this.data.writeUInt32LE(written, at);
    this.length = at + 4 + written;
    this.addPresent();
  }

  addBytes(bytes: Uint8Array): void {
    const at = this.reserve(4 + bytes.length);
    this.data.writeUInt32LE(bytes.length, at);
    this.data.set(bytes, at + 4);
    this.addPresent();
  }

  clear(): void {
    // What one group of long texts took is not kept for all that follow.
    if (this.data.length > 16 << 20) this.data = Buffer.allocUnsafe(firstBytes);
    this.length = 0;
    this.rows = 0;
    this.nulls = 0;
    this.present.fill(0);
  }
}

/** Definition levels of an optional column: one run where nothing is NULL, else a bit a row. */
function levelsOf(values: ColumnValues): Buffer {
  const { rows, nulls, present } = values;
  const runs =
    nulls === 0 ? Buffer.concat([varint(rows * 2), Buffer.of(1)]) : bitRuns(rows, present);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(runs.length);
  return Buffer.concat([length, runs]);
}

function bitRuns(rows: number, present: Uint8Array): Buffer {
  const groups = Math.ceil(rows / 8);
  const bits = Buffer.alloc(groups);
  bits.set(present.subarray(0, groups));
  return Buffer.concat([varint(groups * 2 + 1), bits]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** One file, open until it is finished. */
export class ParquetFile {
  readonly #file: FileHandle;
  readonly #columns: ColumnMeta[];
  readonly #groups: GroupMeta[] = [];
  #position = 0;

  private constructor(file: FileHandle, types: PhysicalType[]) {
    this.#file = file;
    this.#columns = types.map((type, index) => metaOf(`c${index}`, type));
  }

  /** Columns are called `c0`, `c1`, …; all may be NULL. */
  static async create(path: string, types: PhysicalType[]): Promise<ParquetFile> {
    const file = new ParquetFile(await open(path, 'w'), types);
    await file.#append(Buffer.from('PAR1'));
    return file;
  }

  /** Writes a group of rows and clears the columns for the next. */
  async add(columns: ColumnValues[]): Promise<void> {
    const rows = columns[0]?.rows ?? 0;
    if (rows === 0) return;
    const group: GroupMeta = { rows, columns: [] };
    for (const values of columns) {
      const levels = levelsOf(values);
      const size = levels.length + values.length;
      const header = pageHeaderOf(rows, size);
      group.columns.push({ offset: this.#position, size: header.length + size, values: rows });
      await this.#append(header, levels, values.data.subarray(0, values.length));
      values.clear();
    }
    this.#groups.push(group);
  }

  async finish(): Promise<void> {
    const footer = footerOf(this.#columns, this.#groups);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    await this.#append(footer, length, Buffer.from('PAR1'));
    await this.#file.close();
  }

  /** Ends it half-written. */
  async discard(): Promise<void> {
    await this.#file.close();
  }

  async #append(...buffers: Buffer[]): Promise<void> {
    const { bytesWritten } = await this.#file.writev(buffers, this.#position);
    const wanted = buffers.reduce((sum, { length }) => sum + length, 0);
    if (bytesWritten !== wanted) {
      throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
    }
    this.#position += bytesWritten;
  }
}
