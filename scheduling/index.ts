import { AccessKeys } from './access-keys';
import { Backfills } from './backfills/backfills';
import { BackfillStarter } from './backfills/starter';
import { Catalogue } from './catalogue';
import { Identity } from './dataarts/identity';
import { MetadataTasks } from './dataarts/metadata-tasks';
import type { SchedulingDeps } from './deps';
import { ByNumber } from './by-number';
import { Events } from './events';
import { Lineage } from './lineage';
import { LookUps } from './look-ups';
import { People } from './people';
import { Projects } from './projects/projects';
import { ResourceGroups } from './resource-groups';
import { Runs } from './runs';
import type { IdempotencyService, Scheduling } from './scheduling';
import { scriptService } from './scripts/scripts';
import { TasksOfScripts } from './scripts/task-of-script';
import { Sessions } from './sessions';
import { Sources } from './sources';
import { System } from './system';
import { TaskBatches } from './task-batches';
import { Tasks } from './tasks';
import { TriggerQueue } from './trigger-queue';
import { Triggers } from './triggers';
import { UseNotes } from './use-notes';
import { Waiting } from './waiting';

/**
 * Makes the one application service.
 * @returns the service, and what writes its last notes before the store is closed
 */
export function createScheduling(deps: SchedulingDeps): Scheduling & { close(): Promise<void> } {
  const uses = new UseNotes(deps.store.tokens, deps.log);
  const queue = new TriggerQueue(deps.gateway);
  const starter = new BackfillStarter(deps, queue);
  const projects = new Projects(deps);
  const ofScripts = new TasksOfScripts(deps, projects);
  const tasks = new Tasks(deps, ofScripts);
  const people = new People(deps);
  const events = new Events(deps.store);
  const runs = new Runs(deps, tasks, starter);
  const accessKeys = new AccessKeys(deps);
  const backfills = new Backfills(deps, starter);
  return {
    tasks,
    triggers: new Triggers(deps, tasks, uses, queue),
    runs,
    waiting: new Waiting(deps),
    backfills,
    lineage: new Lineage(deps),
    lookUps: new LookUps(deps, tasks),
    sources: new Sources(deps),
    catalogue: new Catalogue(deps),
    projects,
    scripts: scriptService(deps, tasks, projects),
    people,
    sessions: new Sessions(deps, people),
    accessKeys,
    identity: new Identity(deps, people, accessKeys, projects),
    metadataTasks: new MetadataTasks(deps, tasks, runs, projects),
    resourceGroups: new ResourceGroups(deps),
    taskBatches: new TaskBatches(deps, tasks, ofScripts),
    byNumber: new ByNumber(deps, { tasks, runs, backfills }),
    events,
    system: new System(deps),
    idempotency: idempotencyOf(deps),
    close: async () => {
      events.close();
      await uses.close();
    },
  };
}

function idempotencyOf({ store }: SchedulingDeps): IdempotencyService {
  const { idempotency } = store;
  return {
    claim: (caller, key, requestDigest) =>
      idempotency.claim(caller.tenant, scoped(caller, key), requestDigest),
    finish: (caller, key, status, body) =>
      idempotency.finish(caller.tenant, scoped(caller, key), status, body),
    release: (caller, key) => idempotency.release(caller.tenant, scoped(caller, key)),
  };
}

/** Two users may choose the same key without meeting. */
function scoped(caller: { userId: string }, key: string): string {
  return `${caller.userId}/${key}`;
}
