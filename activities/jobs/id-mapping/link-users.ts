/** From linked IDs to users, past the guard rails. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { findContradicting } from './contradictions';
import { textsOf, type CollectedType, type Dictionary } from './dictionary';
import { describeLeftOut, logLeftOut, shortened, type LeftOut } from './left-out';
import type { Linker } from './linker';
import type { LinkCounts, TypeLinks } from './linking';
import { leftOutCode, sharedBytes } from './links';
import type { ComputeRequest, CrowdedSample } from './messages';
import type { ReadTable } from './read-tables';
import type { Reporter } from './report';
import { typeRulesOf, type TypeRules } from './scratch';
import { findShared, inManyCells, mostBesideIn } from './shared-ids';
import { representativesOf, type CrowdedUser, type Representatives, type Users } from './users';

/** The record stays below 64 KB. */
const mostCrowdedKept = 25;

export interface Linked {
  users: Users;
  representatives: Representatives;
  leftOut: LeftOut;
  /** What is counted of them, which goes on. */
  counting: Promise<LinkCounts>;
  crowded: CrowdedSample[];
  crowdedCount: number;
}

/** No code of a reason: it links nobody as long as that is not decided. */
const mayBeLeftOut = 0xff;

/**
 * What is linked of a type as soon as it is collected: what may be left out when all types are known
 * has to wait until then.
 * @param columns of each table
 */
export function linksOf(
  { cells, leftOut, columns: ofType }: CollectedType,
  { idType, rules }: TypeRules,
  priority: string[],
  columns: number[],
): TypeLinks {
  const undecided = sharedBytes(leftOut.length);
  undecided.set(leftOut);
  // All but those of the strongest type may be contradicted.
  if (priority.indexOf(idType) > 0) undecided.fill(mayBeLeftOut);
  for (const place of inManyCells(cells, mostBesideIn(columns), rules.maxSharedBy)) {
    undecided[place] = mayBeLeftOut;
  }
  const numbered = ofType.map(({ place, numbers }) => ({ place, numbers }));
  return { leftOut: undecided, columns: numbered };
}

/** Finds the users; notes in the dictionary which IDs are left out. @param linker has all IDs */
export async function linkUsers(
  connection: DuckDBConnection,
  request: ComputeRequest,
  dictionary: Dictionary,
  tables: ReadTable[],
  linker: Linker,
  reporter: Reporter,
): Promise<Linked> {
  const { types, idCount, cells, leftOut: codes, firstTable } = dictionary;
  const rules = typeRulesOf(request).map(({ rules: given }, place) => ({
    ...types[place]!,
    ...given,
  }));
  const links = tables.map((table) => table.links);

  reporter.begin('linking');
  reporter.at(0, `linking ${idCount} IDs`);
  const shared = findShared(links, cells, codes, rules);
  for (const { id } of shared) codes[id] = leftOutCode.shared;
  const typed = tables.map(({ links: columns, idTypes }) => ({ columns, idTypes }));
  const contradicting = findContradicting(typed, types, request.guards.priority, codes);
  for (const id of contradicting) codes[id] = leftOutCode.contradicting;

  reporter.at(0.5, `finding users`);
  const limits = rules.map(({ idType, start, end, maxPerUser, overMax }) => ({
    ...{ idType, start, end, maxPerUser, overMax },
  }));
  const finding = linker.ask('find', { leftOut: codes, limits });
  const leftOut = await describeLeftOut(connection, dictionary, shared, tables);
  logLeftOut(reporter, leftOut);
  const { users, crowded } = await finding;
  reporter.at(0.8, 'counting');
  const counting = linker.ask('count', { types: limits, leftOut: codes, firstTable });
  const describing = describeCrowded(connection, dictionary, crowded);
  // While DuckDB looks for the texts.
  const representatives = representativesOf(users, types);
  const samples = await describing;
  logCrowded(reporter, samples, crowded.length);
  return {
    ...{ users, representatives, leftOut, counting },
    crowded: samples,
    crowdedCount: crowded.length,
  };
}

async function describeCrowded(
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

function logCrowded(reporter: Reporter, crowded: CrowdedSample[], count: number): void {
  for (const { idType, ids, sample, apart } of crowded.slice(0, 10)) {
    const done = apart ? '; its IDs are kept apart' : '';
    reporter.log(
      'warn',
      `the user of ${sample.idType} "${sample.value}" has ${ids} IDs of type ${idType}${done}`,
    );
  }
  if (count > 10) reporter.log('warn', `${count - 10} more users have as many IDs of one type`);
}
