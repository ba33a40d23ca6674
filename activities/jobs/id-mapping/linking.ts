/** All that is done with linked IDs, from their columns to users and what is counted of them. Pure. */
import { Components } from './components';
import { findCrowded, takeApart, withSamples, type UserLimit } from './crowded';
import { IdOrder } from './id-order';
import { mayBeLeftOut, type LinkTable } from './links';
import { rowsWith, type Rows } from './rows-of';
import { idsByType, matchedOf, rowsByFirstTable, sizesOf } from './summary';
import { numberUsers, representativesOf, type Representatives, type Users } from './users';

export interface LinkingSize {
  /** Names of the tables, in the order of the task. */
  tables: string[];
  /** IDs there may be at most. */
  mostIds: number;
}

/** The IDs of one type, with the columns that hold them. */
export interface TypeLinks {
  /** Place of the type. */
  place: number;
  /** A byte an ID; other than 0: it links nobody, or perhaps nobody. */
  leftOut: Uint8Array;
  /** Place of the table of each, its IDs by row, and how many rows have one. */
  columns: { place: number; numbers: Uint32Array; cells: number }[];
  /** Of its IDs, as pairs of words, the lower one first. */
  hashes: Int32Array;
  /** In how many cells those stand that may be left out: where they are few, these are noted. */
  undecided: 'none' | 'few' | 'many';
}

export interface UserRequest {
  /** A byte an ID, as in `leftOutCode`. */
  leftOut: Uint8Array;
  limits: UserLimit[];
}

export interface FoundUsers {
  users: Users;
  representatives: Representatives;
}

export interface CountRequest extends UserRequest {
  firstTable: Uint16Array;
}

export type LinkCounts = ReturnType<Linking['count']>;

/** Its methods are called in the order in which they stand, `add` and `join` for one type after another. */
export class Linking {
  readonly #names: string[];
  readonly #tables: LinkTable[];
  readonly #types: {
    columns: { numbers: Uint32Array; table: LinkTable; rows: Rows; cells: number }[];
    place: number;
    start: number;
    /** A byte an ID, as it was when they were joined. */
    leftOut: Uint8Array;
    hashes: Int32Array;
  }[] = [];
  readonly #components: Components;
  /** Users before some are taken apart, and those that are there in the end. */
  #linked: Users | null = null;
  #users: Users | null = null;

  constructor({ tables, mostIds }: LinkingSize) {
    this.#names = tables;
    this.#tables = tables.map(() => []);
    this.#components = new Components(mostIds);
  }

  /**
   * The next type: its IDs are those that follow on the ones before.
   * @returns of each column the rows with IDs that may be left out
   */
  add({ place, leftOut, columns, hashes, undecided }: TypeLinks): Rows[] {
    const start = this.#types.reduce((sum, type) => sum + type.leftOut.length, 0);
    const rowsOf: Record<TypeLinks['undecided'], (numbers: Uint32Array) => Rows> = {
      none: () => new Uint32Array(0),
      few: (numbers) => rowsWith(numbers, start, leftOut, mayBeLeftOut),
      many: () => null,
    };
    const ofType = columns.map(({ place: ofTable, numbers, cells }) => ({
      ...{ numbers, cells, table: this.#tables[ofTable]! },
      rows: rowsOf[undecided](numbers),
    }));
    this.#types.push({ place, columns: ofType, start, leftOut, hashes });
    return ofType.map(({ rows }) => rows);
  }

  /** Joins the IDs of the type that was added last: whoever waits for its rows has them by then. */
  join(place: number): void {
    const { leftOut, columns } = this.#types.find((type) => type.place === place)!;
    this.#components.add(leftOut);
    for (const { numbers, table } of columns) {
      this.#components.join(numbers, table);
      table.push(numbers);
    }
  }

  find({ leftOut, limits }: UserRequest): FoundUsers {
    for (const { columns, start, leftOut: before } of this.#types) {
      this.#components.admit(start, leftOut.subarray(start, start + before.length), columns);
    }
    const parents = this.#components.parents();
    this.#linked = numberUsers(parents);
    this.#users = this.#linked;
    const apart = findCrowded(
      this.#linked,
      limits.filter(({ overMax }) => overMax === 'apart'),
    );
    if (apart.length > 0) {
      takeApart(parents, this.#linked, new Set(apart.map(({ user }) => user)));
      this.#users = numberUsers(parents);
    }
    const representatives = representativesOf(this.#users, this.#typesByPlace());
    return { users: this.#users, representatives };
  }

  /** What the record says of the users. */
  count({ leftOut, limits, firstTable }: CountRequest) {
    const users = this.#users!;
    const linked = this.#linked!;
    const order = new IdOrder(this.#typesByPlace());
    const crowded = withSamples(findCrowded(linked, limits), linked, order);
    // Not needed any more, and writing takes the most memory.
    for (const type of this.#types) type.hashes = new Int32Array(0);
    return {
      /** Users with more IDs of a type than the limit says, most first. */
      crowded,
      sizes: sizesOf(users),
      matched: matchedOf(this.#names, this.#tablesToCount(), users, users !== linked),
      idsByType: idsByType(limits, leftOut),
      /** Of each table the IDs whose first one it is. */
      rowsWritten: rowsByFirstTable(firstTable, leftOut, this.#tables.length),
    };
  }

  #typesByPlace() {
    return this.#types.toSorted((one, other) => one.place - other.place);
  }

  /**
   * The columns of the tables, those with most IDs first: the others are hardly looked at, as all IDs
   * of a row are of one user, unless some were taken apart.
   */
  #tablesToCount(): LinkTable[] {
    const columns = this.#types
      .flatMap((type) => type.columns)
      .toSorted((one, other) => other.cells - one.cells);
    return this.#tables.map((table) =>
      columns.filter((column) => column.table === table).map(({ numbers }) => numbers),
    );
  }
}
