/** From linked IDs to users, past the guard rails. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { findContradicting } from './contradictions';
import type { CollectedType, Dictionary } from './dictionary';
import { describeLeftOut, logLeftOut, type LeftOut } from './left-out';
import type { Linker } from './linker';
import type { FoundUsers, LinkCounts, TypeLinks } from './linking';
import { leftOutCode, mayBeLeftOut, sharedBytes } from './links';
import type { ComputeRequest } from './messages';
import type { Read } from './read-tables';
import type { Reporter } from './report';
import { typeRulesOf, type TypeRules } from './scratch';
import { findShared, inManyCells, mostBesideIn } from './shared-ids';

export interface Linked extends FoundUsers {
  leftOut: LeftOut;
  /** Goes on beside what comes next; the linker may be closed then. */
  counting: Promise<LinkCounts>;
}

/** Of so many cells one may hold an ID that may be left out, for those to be noted. */
const cellsForOne = 16;

/**
 * What is linked of a type as soon as it is collected: what may be left out when all types are known
 * has to wait until then.
 * @param place of the type
 * @param columnsOfTables how many each table has
 */
export function linksOf(
  place: number,
  { cells, leftOut, columns, hashes }: CollectedType,
  { idType, rules }: TypeRules,
  priority: string[],
  columnsOfTables: number[],
): TypeLinks {
  const undecided = sharedBytes(leftOut.length);
  undecided.set(leftOut);
  // All but those of the strongest type may be contradicted.
  const mayBeContradicted = priority.indexOf(idType) > 0;
  if (mayBeContradicted) undecided.fill(mayBeLeftOut);
  let undecidedCells = 0;
  for (const id of inManyCells(cells, mostBesideIn(columnsOfTables), rules.maxSharedBy)) {
    undecided[id] = mayBeLeftOut;
    undecidedCells += cells[id]!;
  }
  const allCells = columns.reduce((sum, { numbers }) => sum + numbers.length, 0);
  const isMany = mayBeContradicted || undecidedCells * cellsForOne > allCells;
  const fewOrNone = undecidedCells > 0 ? 'few' : 'none';
  return {
    ...{ place, leftOut: undecided, columns, hashes },
    undecided: isMany ? 'many' : fewOrNone,
  };
}

/** Finds the users; notes in the dictionary which IDs are left out. @param linker has all IDs */
export async function linkUsers(
  connection: DuckDBConnection,
  request: ComputeRequest,
  dictionary: Dictionary,
  { tables, undecidedRows }: Pick<Read, 'tables' | 'undecidedRows'>,
  linker: Linker,
  reporter: Reporter,
): Promise<Linked> {
  const { types, idCount, cells, firstTable, leftOut: codes } = dictionary;
  const rules = typeRulesOf(request).map(({ rules: given }, place) => ({
    ...types[place]!,
    ...given,
  }));
  const links = tables.map((table) => table.links);

  reporter.begin('linking');
  reporter.at(0, `linking ${idCount} IDs`);
  const shared = findShared(links, cells, codes, rules, await undecidedRows);
  for (const { id } of shared) codes[id] = leftOutCode.shared;
  const typed = tables.map(({ links: columns, idTypes }) => ({ columns, idTypes }));
  const contradicting = findContradicting(typed, types, request.guards.priority, codes);
  for (const id of contradicting) codes[id] = leftOutCode.contradicting;

  reporter.at(0.5, `finding users`);
  const limits = rules.map(({ idType, start, end, maxPerUser, overMax }) => ({
    ...{ idType, start, end, maxPerUser, overMax },
  }));
  const finding = linker.ask('find', { leftOut: codes, limits });
  const counting = linker.ask('count', { leftOut: codes, limits, firstTable });
  const leftOut = await describeLeftOut(connection, dictionary, shared, tables);
  logLeftOut(reporter, leftOut);
  return { ...(await finding), leftOut, counting };
}
