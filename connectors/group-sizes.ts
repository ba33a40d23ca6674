/** How large the groups are in which rows come to DuckDB: what it needs of memory follows from that. */

/** Rows that DuckDB has in its hands at once, of each column. */
const vectorRows = 2048;

interface Group {
  rows: number;
  bytes: number;
}

export class GroupSizes {
  #readBytes = 0;
  #vectorBytes = 0;
  /** Those whose rows may come into one vector with rows of the next one. */
  #last: Group[] = [];

  /** What DuckDB takes to read the largest of the groups: powers of two. */
  get readBytes(): number {
    return this.#readBytes;
  }

  /** What the rows of one vector take at most, however they are spread over the groups. */
  get vectorBytes(): number {
    return this.#vectorBytes;
  }

  /** @param columns of the group that comes next, with the bytes of each */
  add(rows: number, columns: readonly { length: number }[]): void {
    const read = sum(columns.map(({ length }) => powerOfTwo(length)));
    this.#readBytes = Math.max(this.#readBytes, read);
    this.#last.push({ rows, bytes: sum(columns.map(({ length }) => length)) });
    this.#vectorBytes = Math.max(this.#vectorBytes, sum(this.#last.map(({ bytes }) => bytes)));
    let kept = sum(this.#last.map((group) => group.rows));
    while (kept - this.#last[0]!.rows >= vectorRows) kept -= this.#last.shift()!.rows;
  }
}

const sum = (numbers: number[]) => numbers.reduce((one, other) => one + other, 0);

function powerOfTwo(bytes: number): number {
  return bytes <= 0 ? 0 : 2 ** Math.ceil(Math.log2(bytes));
}
