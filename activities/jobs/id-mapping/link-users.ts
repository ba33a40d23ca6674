/** From linked IDs to users, past the guard rails. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { findComponents } from './components';
import { findContradicting } from './contradictions';
import { textsOf, type Dictionary } from './dictionary';
import { describeLeftOut, logLeftOut, shortened, type LeftOut } from './left-out';
import { leftOutCode } from './links';
import type { ComputeRequest, CrowdedSample } from './messages';
import type { ReadTable } from './read-tables';
import type { Reporter } from './report';
import { typeRulesOf } from './scratch';
import { findShared } from './shared-ids';
import { findCrowded, numberUsers, takeApart, type CrowdedUser, type Users } from './users';

/** The record stays below 64 KB. */
const mostCrowdedKept = 25;

export interface Linked {
  users: Users;
  leftOut: LeftOut;
  crowded: CrowdedSample[];
  crowdedCount: number;
}

/** Links the IDs; notes in the dictionary which are left out. */
export async function linkUsers(
  connection: DuckDBConnection,
  request: ComputeRequest,
  dictionary: Dictionary,
  tables: ReadTable[],
  reporter: Reporter,
): Promise<Linked> {
  const { types, idCount, cells, leftOut: codes } = dictionary;
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
  const leftOut = await describeLeftOut(connection, dictionary, shared, tables);
  logLeftOut(reporter, leftOut);

  reporter.at(0.5, `finding users`);
  const roots = findComponents(links, codes);
  const first = numberUsers(roots);
  const crowded = findCrowded(first, roots, rules);
  const apart = crowded.filter(({ idType }) => overMaxOf(rules, idType) === 'apart');
  takeApart(roots, new Set(apart.map(({ root }) => root)));
  const users = apart.length > 0 ? numberUsers(roots) : first;
  const samples = await describeCrowded(connection, dictionary, crowded, new Set(apart));
  logCrowded(reporter, samples, crowded.length);
  return { users, leftOut, crowded: samples, crowdedCount: crowded.length };
}

function overMaxOf(
  rules: { idType: string; overMax: 'report' | 'apart' }[],
  idType: string,
): 'report' | 'apart' {
  return rules.find((one) => one.idType === idType)!.overMax;
}

async function describeCrowded(
  connection: DuckDBConnection,
  { types }: Dictionary,
  crowded: CrowdedUser[],
  apart: Set<CrowdedUser>,
): Promise<CrowdedSample[]> {
  const kept = crowded.slice(0, mostCrowdedKept);
  const texts = await textsOf(
    connection,
    types,
    kept.map(({ root }) => root),
  );
  return kept.map((user) => {
    const { idType, value } = texts.get(user.root)!;
    const sample = { idType, value: shortened(value) };
    return { idType: user.idType, ids: user.ids, sample, apart: apart.has(user) };
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
