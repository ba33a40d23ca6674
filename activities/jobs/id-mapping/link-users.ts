/** From linked IDs to users, past the guard rails. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { findContradicting } from './contradictions';
import { textsOf, type CollectedType, type Dictionary } from './dictionary';
import { describeLeftOut, logLeftOut, shortened, type LeftOut } from './left-out';
import type { Linker } from './linker';
import type { FoundUsers, LinkCounts, TypeLinks } from './linking';
import { leftOutCode, mayBeLeftOut, sharedBytes } from './links';
import type { ComputeRequest, CrowdedSample } from './messages';
import type { Read } from './read-tables';
import type { Reporter } from './report';
import { typeRulesOf, type TypeRules } from './scratch';
import { findShared, inManyCells, mostBesideIn } from './shared-ids';
import type { CrowdedUser } from './users';

/** The record stays below 64 KB. */
const mostCrowdedKept = 25;

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
 * @param columnsOfTables how many each table has
 */
export function linksOf(
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
  for (const place of inManyCells(cells, mostBesideIn(columnsOfTables), rules.maxSharedBy)) {
    undecided[place] = mayBeLeftOut;
    undecidedCells += cells[place]!;
  }
  const allCells = columns.reduce((sum, { numbers }) => sum + numbers.length, 0);
  const isMany = mayBeContradicted || undecidedCells * cellsForOne > allCells;
  const some = isMany ? 'many' : 'few';
  const inCells = undecidedCells > 0 || mayBeContradicted ? some : 'none';
  return { leftOut: undecided, columns, hashes, undecided: inCells };
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
  const ranges = types.map(({ idType, start, end }) => ({ idType, start, end }));
  const counting = linker.ask('count', { types: ranges, leftOut: codes, firstTable });
  const leftOut = await describeLeftOut(connection, dictionary, shared, tables);
  logLeftOut(reporter, leftOut);
  return { ...(await finding), leftOut, counting };
}

/** Says who has more IDs than a person has. @param crowded most first */
export async function describeCrowded(
  connection: DuckDBConnection,
  { types }: Dictionary,
  crowded: CrowdedUser[],
): Promise<CrowdedSample[]> {
  const kept = crowded.slice(0, mostCrowdedKept);
  const texts = await textsOf(
    connection,
    types,
    kept.map(({ root }) => root),
  );
  return kept.map(({ root, idType: crowdedType, ids, apart }) => {
    const { idType, value } = texts.get(root)!;
    return { idType: crowdedType, ids, sample: { idType, value: shortened(value) }, apart };
  });
}

export function logCrowded(reporter: Reporter, crowded: CrowdedSample[], count: number): void {
  for (const { idType, ids, sample, apart } of crowded.slice(0, 10)) {
    const done = apart ? '; its IDs are kept apart' : '';
    reporter.log(
      'warn',
      `the user of ${sample.idType} "${sample.value}" has ${ids} IDs of type ${idType}${done}`,
    );
  }
  if (count > 10) reporter.log('warn', `${count - 10} more users have as many IDs of one type`);
}
