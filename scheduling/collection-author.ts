/**
 * Collection tasks run with the grants of whoever wrote their config last: that user may read
 * through the connection when the task is saved, and still may when it runs.
 */
import { isDeepStrictEqual } from 'node:util';
import { metadataCollectionType } from '../model/catalogue/collected';
import type { Caller } from '../model/people';
import type { DefinitionPatch, TaskDefinition, TaskView } from '../model/task';
import type { SchedulingDeps } from './deps';
import { requireGrant } from './grants';

type Deps = Pick<SchedulingDeps, 'store'>;

/** @throws TablegateError grantMissing */
export async function settleNewCollection(
  deps: Deps,
  caller: Caller,
  definition: TaskDefinition,
): Promise<TaskDefinition> {
  return { ...definition, job: await settled(deps, caller, definition.job) };
}

/** A config that is sent back as it was stays its author's. */
export async function settleEditedCollection(
  deps: Deps,
  caller: Caller,
  before: Pick<TaskView, 'job'>,
  patch: DefinitionPatch,
): Promise<DefinitionPatch> {
  const { job } = patch;
  if (job === undefined || isDeepStrictEqual(job, before.job)) return patch;
  return { ...patch, job: await settled(deps, caller, job) };
}

/** A job as it is sent, with its author where it is, but for that, the task's own. */
export function keptCollection(
  before: Pick<TaskView, 'job'>,
  sent: TaskDefinition['job'],
): TaskDefinition['job'] {
  if (sent.type !== metadataCollectionType || before.job.type !== metadataCollectionType)
    return sent;
  const { author: _author, ...held } = before.job.config;
  return isDeepStrictEqual(held, sent.config) ? before.job : sent;
}

async function settled(
  { store }: Deps,
  caller: Caller,
  job: TaskDefinition['job'],
): Promise<TaskDefinition['job']> {
  if (job.type !== metadataCollectionType) return job;
  const { connection } = job.config;
  // A connection that is not there yet is for the run to ask about.
  if (
    typeof connection === 'string' &&
    (await store.sources.findConnection(caller.tenant, connection)) !== null
  ) {
    await requireGrant(store, caller, connection, 'read');
  }
  return { ...job, config: { ...job.config, author: caller.userId } };
}
