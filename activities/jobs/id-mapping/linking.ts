/** All that is done with linked IDs, from their columns to users and what is counted of them. Pure. */
import { Components } from './components';
import { mayBeLeftOut, type IdRange, type LinkTable } from './links';
import { rowsWith, type Rows } from './rows-of';
import { idsByType, matchedOf, rowsByFirstTable, sizesOf } from './summary';
import { findCrowded, numberUsers, takeApart, type CrowdedUser, type Users } from './users';

export interface LinkingSize {
  /** Names of the tables, in the order of the task. */
  tables: string[];
  /** IDs there may be at most. */
  mostIds: number;
}

/** The IDs of one type, with the columns that hold them. */
export interface TypeLinks {
  /** A byte an ID; other than 0: it links nobody, or perhaps nobody. */
  leftOut: Uint8Array;
  columns: { place: number; numbers: Uint32Array }[];
  /** Whether those that may be left out stand in so few cells that they are noted. */
  noteUndecided: boolean;
}

export interface UserRequest {
  /** A byte an ID, as in `leftOutCode`. */
  leftOut: Uint8Array;
  limits: UserLimit[];
}

export type UserLimit = IdRange & { maxPerUser: number | null; overMax: 'report' | 'apart' };

export interface FoundUsers {
  users: Users;
  /** Users with more IDs of a type than the limit says, most first. */
  crowded: CrowdedUser[];
}

export interface CountRequest {
  types: IdRange[];
  leftOut: Uint8Array;
  firstTable: Uint16Array;
}

export type LinkCounts = ReturnType<Linking['count']>;

/** Its methods are called in the order in which they stand, `add` once for each type. */
export class Linking {
  readonly #names: string[];
  readonly #tables: LinkTable[];
  readonly #types: {
    columns: { numbers: Uint32Array; table: LinkTable; rows: Rows }[];
    ids: number;
  }[] = [];
  readonly #components: Components;
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
  add({ leftOut, columns, noteUndecided }: TypeLinks): Rows[] {
    const start = this.#types.reduce((sum, { ids }) => sum + ids, 0);
    this.#components.add(leftOut);
    const ofType = columns.map(({ place, numbers }) => ({
      ...{ numbers, table: this.#tables[place]! },
      rows: noteUndecided ? rowsWith(numbers, start, leftOut, mayBeLeftOut) : null,
    }));
    this.#types.push({ columns: ofType, ids: leftOut.length });
    for (const { numbers, table } of ofType) {
      this.#components.join(numbers, table);
      table.push(numbers);
    }
    return ofType.map(({ rows }) => rows);
  }

  find({ leftOut, limits }: UserRequest): FoundUsers {
    let start = 0;
    for (const { columns, ids } of this.#types) {
      this.#components.admit(start, leftOut.subarray(start, start + ids), columns);
      start += ids;
    }
    const roots = this.#components.roots();
    this.#users = numberUsers(roots);
    const crowded = findCrowded(this.#users, roots, limits);
    const apart = new Set(crowded.filter((user) => user.apart).map(({ root }) => root));
    if (apart.size > 0) {
      takeApart(roots, apart);
      this.#users = numberUsers(roots);
    }
    return { users: this.#users, crowded };
  }

  /** What the record says of the users. */
  count({ types, leftOut, firstTable }: CountRequest) {
    const users = this.#users!;
    return {
      sizes: sizesOf(users),
      matched: matchedOf(this.#names, this.#tables, users),
      idsByType: idsByType(types, leftOut),
      /** Of each table the IDs whose first one it is. */
      rowsWritten: rowsByFirstTable(firstTable, leftOut, this.#tables.length),
    };
  }
}
