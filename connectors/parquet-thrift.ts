/** The few structures of Parquet's metadata that a file of plain pages needs, in Thrift's compact form. */

export interface ColumnMeta {
  name: string;
  /** Physical type by its number. */
  type: number;
  /** Converted type by its number; null: none. */
  converted: number | null;
  decimal?: { precision: number; scale: number };
}

export interface GroupMeta {
  rows: number;
  columns: { offset: number; size: number; values: number }[];
}

const wire = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

class Writer {
  readonly #bytes: number[] = [];
  readonly #lastIds: number[] = [];
  #lastId = 0;

  i32(id: number, value: number): void {
    this.#field(id, wire.i32);
    this.#zigzag(value);
  }

  i64(id: number, value: number): void {
    this.#field(id, wire.i64);
    this.#zigzag(value);
  }

  yes(id: number): void {
    this.#field(id, 1);
  }

  text(id: number, value: string): void {
    this.#field(id, wire.binary);
    this.#binary(value);
  }

  list(id: number, element: keyof typeof wire, size: number): void {
    this.#field(id, wire.list);
    if (size < 15) this.#bytes.push((size << 4) | wire[element]);
    else {
      this.#bytes.push(0xf0 | wire[element]);
      this.#varint(size);
    }
  }

  struct(id: number, fill: () => void): void {
    this.#field(id, wire.struct);
    this.element(fill);
  }

  /** A struct that stands in a list. */
  element(fill: () => void): void {
    this.#lastIds.push(this.#lastId);
    this.#lastId = 0;
    fill();
    this.#bytes.push(0);
    this.#lastId = this.#lastIds.pop()!;
  }

  itemI32(value: number): void {
    this.#zigzag(value);
  }

  itemText(value: string): void {
    this.#binary(value);
  }

  end(): Buffer {
    this.#bytes.push(0);
    return Buffer.from(this.#bytes);
  }

  #field(id: number, type: number): void {
    this.#bytes.push(((id - this.#lastId) << 4) | type);
    this.#lastId = id;
  }

  #binary(value: string): void {
    const bytes = Buffer.from(value);
    this.#varint(bytes.length);
    this.#bytes.push(...bytes);
  }

  #zigzag(value: number): void {
    this.#varint(value * 2);
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 0x80);
    this.#bytes.push(rest);
  }
}

const plain = 0;
const runLength = 3;
const optional = 1;

/** Header of a page of plain values with definition levels. */
export function pageHeaderOf(rows: number, size: number): Buffer {
  const writer = new Writer();
  writer.i32(1, 0);
  writer.i32(2, size);
  writer.i32(3, size);
  writer.struct(5, () => {
    writer.i32(1, rows);
    writer.i32(2, plain);
    writer.i32(3, runLength);
    writer.i32(4, runLength);
  });
  return writer.end();
}

export function footerOf(columns: ColumnMeta[], groups: GroupMeta[]): Buffer {
  const writer = new Writer();
  writer.i32(1, 1);
  writer.list(2, 'struct', columns.length + 1);
  writer.element(() => {
    writer.text(4, 'rows');
    writer.i32(5, columns.length);
  });
  for (const { name, type, converted, decimal } of columns) {
    writer.element(() => {
      writer.i32(1, type);
      writer.i32(3, optional);
      writer.text(4, name);
      if (converted !== null) writer.i32(6, converted);
      if (decimal) {
        writer.i32(7, decimal.scale);
        writer.i32(8, decimal.precision);
      }
      if (converted === 10) writer.struct(10, () => writeUtcTimestamp(writer));
    });
  }
  writer.i64(
    3,
    groups.reduce((sum, { rows }) => sum + rows, 0),
  );
  writer.list(4, 'struct', groups.length);
  for (const group of groups) writer.element(() => writeGroup(writer, columns, group));
  writer.text(6, 'tablegate');
  return writer.end();
}

/** Logical type TIMESTAMP, adjusted to UTC, in microseconds. */
function writeUtcTimestamp(writer: Writer): void {
  writer.struct(8, () => {
    writer.yes(1);
    writer.struct(2, () => writer.struct(2, () => undefined));
  });
}

function writeGroup(writer: Writer, columns: ColumnMeta[], group: GroupMeta): void {
  writer.list(1, 'struct', columns.length);
  group.columns.forEach((chunk, index) => {
    writer.element(() => {
      writer.i64(2, chunk.offset);
      writer.struct(3, () => writeColumn(writer, columns[index]!, chunk));
    });
  });
  writer.i64(
    2,
    group.columns.reduce((sum, { size }) => sum + size, 0),
  );
  writer.i64(3, group.rows);
}

function writeColumn(
  writer: Writer,
  column: ColumnMeta,
  chunk: GroupMeta['columns'][number],
): void {
  writer.i32(1, column.type);
  writer.list(2, 'i32', 2);
  writer.itemI32(plain);
  writer.itemI32(runLength);
  writer.list(3, 'binary', 1);
  writer.itemText(column.name);
  writer.i32(4, 0);
  writer.i64(5, chunk.values);
  writer.i64(6, chunk.size);
  writer.i64(7, chunk.size);
  writer.i64(9, chunk.offset);
}
