/** What has changed since the former result. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../../../connectors/sql-text';
import { apartKind } from './former-ids';
import { noId } from './links';
import type { ComputeRequest } from './messages';
import { numbersTo } from './numbers-sql';
import { registerOneIds } from './one-id-sql';
import type { MatchedFormer, OneIds } from './one-ids';
import type { Users } from './users';

/** What became of the users of the former result, and where the present ones come from. */
export interface ChangeCounts {
  new: number;
  kept: number;
  gone: number;
  merged: number;
  split: number;
}

/** A relation `(change, one_id, other_one_id, ids, run_id)`, which is computed when it is read. */
export interface Changes {
  relation: string;
  /** How many rows there are of each change; null where no result was there, so that all is new. */
  counts: ChangeCounts | null;
}

/** One change of many one_ids. */
interface Part {
  change: keyof ChangeCounts;
  /** Places of them. */
  of: Uint32Array;
  oneIds: OneIds;
  ids: Uint32Array;
  /** The one_ids that stand beside them. */
  other?: { of: Uint32Array; oneIds: OneIds };
}

/** @param oneIds of the users */
export async function findChanges(
  connection: DuckDBConnection,
  { runId }: ComputeRequest,
  users: Users,
  oneIds: OneIds,
  former: MatchedFormer | null,
): Promise<Changes> {
  const parts = former === null ? [allNew(users, oneIds)] : partsOf(users, oneIds, former);
  const kinds = ['gone', 'kept', 'merged', 'new', 'split'].map(quoteText).join(', ');
  const run = quoteText(runId);
  // An ENUM reads and, in this order of its values, sorts like text, and is written in less time.
  const relations: string[] = [];
  for (const part of parts) {
    relations.push(
      `SELECT ${quoteText(part.change)}::ENUM(${kinds}) AS change, one_id, other_one_id,
         ids::UBIGINT AS ids, ${run}::ENUM(${run}) AS run_id
       FROM ${await relationOf(connection, part)}`,
    );
  }
  const known = Object.fromEntries(parts.map(({ change, of }) => [change, of.length]));
  return {
    relation: `(${relations.join(' UNION ALL ')})`,
    counts: former === null ? null : { new: 0, kept: 0, gone: 0, merged: 0, split: 0, ...known },
  };
}

/** `(one_id, other_one_id, ids)` */
async function relationOf(
  connection: DuckDBConnection,
  { of, oneIds, ids, other }: Part,
): Promise<string> {
  const sql = registerOneIds(connection, oneIds, of, { values: ids });
  const others = other && registerOneIds(connection, other.oneIds, other.of, { values: ids });
  return `(SELECT ${sql.text('found', 'number')} AS one_id,
      ${others?.text('other', 'number') ?? 'NULL::VARCHAR'} AS other_one_id,
      ${sql.beside('found')} AS ids
    FROM (SELECT number, ${sql.find('number')} AS found, ${others?.find('number') ?? 'NULL'} AS other
      FROM ${await numbersTo(connection, of.length)}))`;
}

function allNew({ count, ids }: Users, oneIds: OneIds): Part {
  const of = new Uint32Array(count);
  for (let user = 0; user < count; user += 1) of[user] = user;
  return { change: 'new', of, oneIds, ids };
}

function newUsers(users: Users, oneIds: OneIds, kept: Uint32Array): Part {
  const of = placesWhere(users.count, (user) => kept[user] === noId);
  return { change: 'new', of, oneIds, ids: of.map((user) => users.ids[user]!) };
}

function partsOf(
  users: Users,
  oneIds: OneIds,
  { table, match, oneIds: formerIds }: MatchedFormer,
): Part[] {
  const { kept, keptIds, isGone, apart } = match;
  const keeping = placesWhere(users.count, (user) => kept[user] !== noId);
  const gone = placesWhere(table.count, (former) => isGone[former] === 1);
  const apartBy = (change: 'merged' | 'split'): Part => {
    const pairs = placesWhere(
      apart.kind.length,
      (pair) => (apart.kind[pair]! & apartKind[change]) !== 0,
    );
    const [of, other, ids] = [apart.user, apart.former, apart.ids].map((values) =>
      pairs.map((pair) => values[pair]!),
    ) as [Uint32Array, Uint32Array, Uint32Array];
    return { change, of, oneIds, ids, other: { of: other, oneIds: formerIds } };
  };
  return [
    newUsers(users, oneIds, kept),
    { change: 'kept', of: keeping, oneIds, ids: keeping.map((user) => keptIds[user]!) },
    { change: 'gone', of: gone, oneIds: formerIds, ids: gone.map((former) => table.ids[former]!) },
    apartBy('merged'),
    apartBy('split'),
  ];
}

/** Numbers below `count` for which it holds. */
function placesWhere(count: number, holds: (place: number) => boolean): Uint32Array {
  const places = new Uint32Array(count);
  let end = 0;
  for (let place = 0; place < count; place += 1) if (holds(place)) places[end++] = place;
  return places.slice(0, end);
}
