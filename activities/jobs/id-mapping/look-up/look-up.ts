/** Answers a question about a result; runs in a process of its own. */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { withEngine } from '../../../../connectors/duckdb-engine';
import { TablegateError } from '../../../../model/errors';
import { normalizeId, rulesOf } from '../../../../model/id-rules';
import type { LookedUpId, LookUpAnswer, LookUpQuestion } from '../../../../model/look-up';

import { registerIdFunctions } from '../id-sql';
import { scratchLimits, typeRulesOf } from '../scratch';
import { describeChain } from './describe-chain';
import { describeUser } from './describe-user';
import { countRows, gatherLines } from './lines';
import type { LookUpRequest } from './messages';
import { wordsOf } from './refusals';
import { findIds, loadLoneId, loadUser, type FoundId } from './result';

/** Told what is being done, in words that fit behind «while». */
type Say = (what: string) => void;

/** An ID as it is compared and stored. */
function normalized(request: LookUpRequest, asked: LookedUpId): LookedUpId {
  const { idType } = asked;
  const known = typeRulesOf(request).find((type) => type.idType === idType);
  const value = normalizeId(known?.rules ?? rulesOf(idType, undefined), asked.value);
  if (value !== null) return { idType, value };
  throw new TablegateError('idNotFound', `${wordsOf(asked)} is blank: it names nobody.`);
}

async function gatherAll(engine: DuckDBConnection, request: LookUpRequest, say: Say) {
  for (const [place, { name }] of request.tables.entries()) {
    say(`reading ${name}`);
    await gatherLines(engine, request, place);
  }
}

/** Why an ID is not in the result, as far as the tables tell. */
async function whyMissing(
  engine: DuckDBConnection,
  request: LookUpRequest,
  id: LookedUpId,
  say: Say,
): Promise<TablegateError> {
  const types = typeRulesOf(request).map(({ idType }) => idType);
  const missing = `${wordsOf(id)} is not in ${request.output}`;
  if (!types.includes(id.idType)) {
    const detail = `${missing}: the tables of the task hold IDs of the types ${types.join(', ')}.`;
    return new TablegateError('idNotFound', detail);
  }
  await loadLoneId(engine, id);
  await gatherAll(engine, request, say);
  const holders = (await countRows(engine, request.tables)).filter(({ rows }) => rows > 0);
  const places = holders.map(
    ({ table, rows }) => `${table} (${rows} ${rows === 1 ? 'row' : 'rows'})`,
  );
  const why =
    holders.length === 0
      ? ', and in no table of the task: look for it as the tables write it.'
      : `, but in ${places.join(', ')}: the run left it out (its record says why), or the table has ` +
        'changed since; run the task again.';
  return new TablegateError('idNotFound', `${missing}${why}`);
}

function differentUsers(ids: LookedUpId[], users: FoundId[]): TablegateError {
  const whose = ids.map((id, at) => `${wordsOf(id)} is of ${users[at]?.oneId}`).join(', ');
  return new TablegateError(
    'differentUsers',
    `The two are different users in the latest result: ${whose}; look at each by itself. Where one row ` +
      'holds both all the same, a guard rail of the task keeps them apart, as the record of the run says.',
  );
}

/**
 * Makes `members` of the user whose IDs these are.
 * @throws TablegateError idNotFound, differentUsers, noResult
 */
async function loadMembers(
  engine: DuckDBConnection,
  request: LookUpRequest,
  ids: LookedUpId[],
  say: Say,
): Promise<{ user: FoundId; idCount: number }> {
  for (;;) {
    say(`reading ${request.output}`);
    const found = await findIds(engine, request, ids);
    const missing = ids.find((_, at) => found[at] === null);
    if (missing !== undefined) throw await whyMissing(engine, request, missing, say);
    const users = found as FoundId[];
    const [user] = users as [FoundId];
    if (users.some(({ oneId }) => oneId !== user.oneId)) throw differentUsers(ids, users);
    const idCount = await loadUser(engine, request, user);
    // A run may put a new result in place between the two looks: then the first was in vain.
    if (idCount !== null) return { user, idCount };
  }
}

function asked(question: LookUpQuestion): LookedUpId[] {
  return question.about === 'user' ? [question.id] : [question.from, question.to];
}

async function answer(
  engine: DuckDBConnection,
  request: LookUpRequest,
  say: Say,
): Promise<LookUpAnswer> {
  const ids: LookedUpId[] = [];
  for (const id of asked(request.question)) ids.push(normalized(request, id));
  const { user, idCount } = await loadMembers(engine, request, ids, say);
  await gatherAll(engine, request, say);
  say('putting together what was read');
  const [from, to] = ids as [LookedUpId, LookedUpId?];
  if (to === undefined) {
    return { kind: 'user', user: await describeUser(engine, request, user, idCount) };
  }
  const chain = await describeChain(engine, request, user, idCount, [from, to]);
  return { kind: 'chain', chain };
}

/** @throws TablegateError with a sentence for who asks; anything else is a fault of ours */
export function lookUp(request: LookUpRequest, say: Say): Promise<LookUpAnswer> {
  const { scratchDir } = request;
  const file = path.join(scratchDir, 'look-up.duckdb');
  return withEngine(file, scratchLimits(scratchDir), null, (engine) => {
    registerIdFunctions(engine);
    return answer(engine, request, say);
  });
}
