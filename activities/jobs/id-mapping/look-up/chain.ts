/**
 * The shortest chain of rows between two IDs: IDs are numbers from 0, the IDs of one row are
 * neighbours. Pure, in typed arrays: about 10 bytes a cell and 9 an ID, however long the chain is.
 */
import { noId, type LinkTable } from '../links';

/** Rows of one table that hold the same IDs are one line. */
export interface Lines {
  /** `noId` stands for a cell without an ID. */
  columns: LinkTable;
  /** Rows of each line. */
  rows: Uint32Array;
}

/** One step of a chain. */
export interface ChainLink {
  from: number;
  to: number;
  /** Place in the list of tables. */
  table: number;
  /** The first line of the table in which both stand. */
  line: number;
  /** Rows of the table in which both stand. */
  rows: number;
}

export interface Chain {
  length: number;
  /** From the first ID on; not all of them where they are more than asked for. */
  links: ChainLink[];
}

/** All lines of all tables, numbered through, and for each ID those in which it stands. */
class Incidence {
  readonly lineCount: number;
  /** Number of the first line of each table. */
  readonly #starts: number[] = [];
  readonly #tableOf: Uint16Array;
  /** Lines of the ID n stand from `#begins[n]` to `#begins[n + 1]`, in order, each once. */
  readonly #begins: Uint32Array;
  readonly #lines: Uint32Array;

  constructor(
    readonly tables: Lines[],
    idCount: number,
  ) {
    let count = 0;
    for (const { rows } of tables) {
      this.#starts.push(count);
      count += rows.length;
    }
    this.lineCount = count;
    this.#tableOf = new Uint16Array(count);
    this.#starts.forEach((start, table) => this.#tableOf.fill(table, start));
    this.#begins = new Uint32Array(idCount + 1);
    for (let line = 0; line < count; line += 1) {
      this.forEachId(line, (id) => (this.#begins[id + 1]! += 1));
    }
    for (let id = 0; id < idCount; id += 1) this.#begins[id + 1]! += this.#begins[id] as number;
    this.#lines = new Uint32Array(this.#begins[idCount] as number);
    const next = this.#begins.slice(0, idCount);
    for (let line = 0; line < count; line += 1) {
      this.forEachId(line, (id) => (this.#lines[next[id]!++] = line));
    }
  }

  /** @returns the table of a line, and its place among the lines of that table */
  placeOf(line: number): { table: number; at: number } {
    const table = this.#tableOf[line] as number;
    return { table, at: line - (this.#starts[table] as number) };
  }

  linesOf(id: number): Uint32Array {
    return this.#lines.subarray(this.#begins[id], this.#begins[id + 1]);
  }

  /** Each ID of a line once. */
  forEachId(line: number, visit: (id: number) => void): void {
    const table = this.#tableOf[line] as number;
    const at = line - (this.#starts[table] as number);
    const { columns } = this.tables[table] as Lines;
    for (let column = 0; column < columns.length; column += 1) {
      const id = columns[column]![at] as number;
      if (id === noId) continue;
      let before = 0;
      while (columns[before]![at] !== id) before += 1;
      if (before === column) visit(id);
    }
  }

  holds(line: number, wanted: number): boolean {
    const { table, at } = this.placeOf(line);
    return this.tables[table]!.columns.some((column) => column[at] === wanted);
  }
}

/**
 * How many rows lie between each ID and `to`; `noId` where that is not known. Known for `from`, where
 * a chain leads there, and for all that are nearer.
 */
function distancesTo(incidence: Incidence, idCount: number, from: number, to: number): Uint32Array {
  const distances = new Uint32Array(idCount).fill(noId);
  const queue = new Uint32Array(idCount);
  const isDone = new Uint8Array(incidence.lineCount);
  let end = 0;
  const reach = (id: number, distance: number): void => {
    if (distances[id] !== noId) return;
    distances[id] = distance;
    queue[end++] = id;
  };
  reach(to, 0);
  for (let at = 0; at < end && distances[from] === noId; at += 1) {
    const id = queue[at] as number;
    const distance = (distances[id] as number) + 1;
    for (const line of incidence.linesOf(id)) {
      if (isDone[line] === 1) continue;
      isDone[line] = 1;
      incidence.forEachId(line, (other) => reach(other, distance));
    }
  }
  return distances;
}

/** The step from an ID to one that is nearer: by the first table, to the first ID in it. */
function nextLink(incidence: Incidence, distances: Uint32Array, from: number): ChainLink {
  const nearer = (distances[from] as number) - 1;
  const link = { from, to: noId, table: -1, line: -1, rows: 0 };
  for (const line of incidence.linesOf(from)) {
    const { table, at } = incidence.placeOf(line);
    if (link.to !== noId && table > link.table) break;
    incidence.forEachId(line, (to) => {
      if (distances[to] === nearer && to < link.to) Object.assign(link, { to, table, line: at });
    });
  }
  for (const line of incidence.linesOf(from)) {
    const { table, at } = incidence.placeOf(line);
    if (table !== link.table || !incidence.holds(line, link.to)) continue;
    link.rows += incidence.tables[table]!.rows[at] as number;
  }
  return link;
}

/**
 * The shortest chain between two IDs. Of several, the one whose steps are by the earliest tables,
 * and by those to the smallest IDs, seen from `from`.
 * @param most links that are listed; the length counts all
 * @returns null where no rows lead from one to the other
 */
export function findChain(
  tables: Lines[],
  idCount: number,
  from: number,
  to: number,
  most: number,
): Chain | null {
  const incidence = new Incidence(tables, idCount);
  const distances = distancesTo(incidence, idCount, from, to);
  const length = distances[from] as number;
  if (length === noId) return null;
  const links: ChainLink[] = [];
  for (let at = from; at !== to && links.length < most; at = links.at(-1)!.to) {
    links.push(nextLink(incidence, distances, at));
  }
  return { length, links };
}
