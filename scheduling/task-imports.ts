/** Imports: tasks that a foreign system keeps in step here (QA-06 to QA-12). */
import { TablegateError } from '../model/errors';
import { importCreator } from '../model/imported';
import { importUpdate, type TaskAnswer } from '../model/messages';
import type { Caller } from '../model/people';
import type { DefinitionPatch, TaskDefinition, TaskView } from '../model/task';
import type { ImportItem, ImportRequest, ImportResult, TaskImport } from '../model/task-import';
import type { ImportedTask } from '../model/task-steps';
import { noteAction } from './audit';
import { changesBetween } from './changes';
import { keptCollection, settleEditedCollection, settleNewCollection } from './collection-author';
import { definitionOf, newDefinition } from './definitions';
import type { SchedulingDeps } from './deps';
import { importedIdOf } from './idempotency-keys';
import { inTurns } from './in-turns';
import { settledResource } from './resource-groups';
import { keptJob, settleEditedScript, settleNewScript } from './scripts/plain-scripts';
import { checkDefinition, checkOutputs, ownOutputs } from './task-checks';
import type { TaskCreation } from './task-creation';
import type { TaskEditing } from './task-editing';
import { isRefusal } from './task-refusals';
import type { TaskRemoval } from './task-removal';
import type { TaskUpdates } from './task-updates';
import { checkTimes } from './time-checks';

/** How many tasks of a call are made or changed at the same time. */
const atOnce = 16;
/** How often one of them is waited for. */
const mostTries = 3;

interface Parts {
  creation: TaskCreation;
  editing: TaskEditing;
  removal: TaskRemoval;
  updates: TaskUpdates;
}

/** One call, with what was held of its source before. */
interface ImportCall {
  caller: Caller;
  source: string;
  dryRun: boolean;
  held: Map<string, { task: TaskView | null; removed: number }>;
  /** Ids of the tasks that it removes. */
  going: ReadonlySet<string>;
}

type Done = Pick<ImportItem, 'id' | 'action'>;
type Wanted = Omit<ImportedTask, 'patch'> & { definition: TaskDefinition };

export class TaskImports {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly parts: Parts,
  ) {}

  /** @throws TablegateError where a service does not answer: a repeat goes on */
  async run(caller: Caller, request: ImportRequest): Promise<ImportResult> {
    const { source, tasks, removeMissing, dryRun } = request;
    const held = await this.deps.store.tasks.imported(caller.tenant, source);
    const sent = new Set(tasks.map(({ externalId }) => externalId));
    const missing = [...held].flatMap(([externalId, { task }]) =>
      removeMissing && task && !sent.has(externalId) ? [{ externalId, task }] : [],
    );
    const going = new Set(missing.map(({ task }) => task.id));
    const call = { caller, source, dryRun, held, going };
    // What goes first leaves its name, and the table that it writes, to what comes.
    const gone = await inTurns(missing, (one) => this.takeAway(call, one), atOnce);
    const kept = await inTurns(tasks, (task, index) => this.bring(call, task, index), atOnce);
    const items = [...kept, ...gone];
    return { dryRun, counts: countOf(items), tasks: items };
  }

  private takeAway(
    call: ImportCall,
    { externalId, task }: { externalId: string; task: TaskView },
  ): Promise<ImportItem> {
    const planned: Done = { id: task.id, action: 'remove' };
    return alone({ externalId, planned, path: null }, async () => {
      await this.remove(call, externalId, task);
      return planned;
    });
  }

  private async remove(call: ImportCall, externalId: string, task: TaskView): Promise<void> {
    const { store } = this.deps;
    const { caller, source } = call;
    await this.parts.removal.refuseInUse(caller.tenant, task);
    if (call.dryRun) return;
    try {
      const remove = (updateId: string) => this.update(caller, task.id, null, updateId);
      await this.parts.updates.send(task.id, remove, { scheduleFollows: true });
    } catch (error) {
      // Another call was quicker.
      if (isRefusal(error, 'taskNotFound') || isRefusal(error, 'taskRemoved')) return;
      throw error;
    }
    const detail = { name: task.name, source, externalId };
    await noteAction(store, caller, 'task.remove', `task/${task.id}`, detail);
  }

  private bring(call: ImportCall, task: TaskImport, index: number): Promise<ImportItem> {
    const { externalId, paused, ...input } = task;
    const known = call.held.get(externalId) ?? { task: null, removed: 0 };
    const id = known.task?.id ?? this.idOf(call, externalId, known.removed);
    const planned: Done = { id, action: known.task ? 'update' : 'create' };
    return alone({ externalId, planned, path: `tasks[${index}]` }, async () => {
      const { store, settings } = this.deps;
      const { tenant } = call.caller;
      const resource = await settledResource(store, tenant, input.runtimeResource);
      const whole = { ...input, environment: 'Prod' } as const;
      const definition = newDefinition(whole, settings.timezone, resource);
      const wanted = { definition, paused };
      return known.task
        ? this.change(call, known.task, wanted)
        : this.create(call, externalId, wanted, known.removed);
    });
  }

  private idOf({ caller, source }: ImportCall, externalId: string, comeback: number): string {
    return importedIdOf(this.deps.secrets, caller.tenant, { source, externalId }, comeback);
  }

  /** @param removed how often it is known to have been removed */
  private async create(
    call: ImportCall,
    externalId: string,
    wanted: Wanted,
    removed: number,
  ): Promise<Done> {
    const { caller, source } = call;
    for (let comeback = removed; ; comeback += 1) {
      const id = this.idOf(call, externalId, comeback);
      const done: Done = { id, action: 'create' };
      if (call.dryRun) {
        await this.check(call, id, wanted.definition);
        return done;
      }
      const imported = { source, externalId };
      const task = { taskId: id, creator: importCreator, imported, ...wanted };
      if ((await this.parts.creation.create(caller, task)) !== null) return done;
      // Its workflow is there, and the store does not know it yet: a call before broke off.
      await this.parts.editing.keepOutputsOf(caller, id);
      const found = await this.deps.gateway.describe(caller.tenant, id);
      if (!found.removed) return this.change(call, found.task, wanted);
    }
  }

  /** What its creation would check. */
  private async check(call: ImportCall, taskId: string, sent: TaskDefinition): Promise<void> {
    const { caller } = call;
    const { tenant } = caller;
    const scripted = await settleNewScript(this.deps, caller, taskId, sent, { dryRun: true });
    const definition = await settleNewCollection(this.deps, caller, scripted);
    // No number is given out for what is not made.
    const number = '0';
    const { writes } = await checkDefinition(this.deps, tenant, number, definition);
    const createdAt = new Date().toISOString();
    await checkTimes(this.deps, { tenant, taskId, number, createdAt, definition }, definition);
    const outputs = ownOutputs(this.deps.jobTypes, definition.job, writes);
    await checkOutputs(this.deps, tenant, taskId, outputs, call.going);
  }

  private async change(
    call: ImportCall,
    before: TaskView,
    { definition, paused }: Wanted,
  ): Promise<Done> {
    const { caller, dryRun } = call;
    const { id } = before;
    const { editing } = this.parts;
    const scripted = await keptJob(this.deps, caller, before, definition.job);
    const job = keptCollection(before, scripted);
    const sent = patchTo(before, { ...definition, job });
    if (Object.keys(sent).length === 0 && before.paused === paused) {
      return { id, action: 'unchanged' };
    }
    if (dryRun) await this.checkChange(call, before, sent);
    else {
      await editing.checked(caller, before, sent, (patch) => {
        const task = { patch, paused };
        const update = (updateId: string) => this.update(caller, id, task, updateId);
        return editing.take(caller, before, { ...patch, paused }, update, {
          scheduleFollows: true,
        });
      });
    }
    return { id, action: 'update' };
  }

  /** What a change would check. */
  private async checkChange(
    { caller, going }: ImportCall,
    before: TaskView,
    sent: DefinitionPatch,
  ): Promise<void> {
    const { tenant } = caller;
    const scripted = await settleEditedScript(this.deps, caller, before, sent, { dryRun: true });
    const patch = await settleEditedCollection(this.deps, caller, before, scripted);
    const outputs = await this.parts.editing.check(tenant, before, patch);
    if (outputs) await checkOutputs(this.deps, tenant, before.id, outputs, going);
  }

  /** Sends the same Update again where no worker answers in time: many at once keep them busy. */
  private async update(
    { tenant, name: by }: Caller,
    id: string,
    task: ImportedTask | null,
    updateId: string,
  ): Promise<TaskAnswer> {
    const { gateway } = this.deps;
    for (let triesLeft = mostTries - 1; ; triesLeft -= 1) {
      try {
        return await gateway.update(tenant, id, importUpdate, [{ task, by }], updateId);
      } catch (error) {
        if (!isRefusal(error, 'workerUnavailable') || triesLeft === 0) throw error;
      }
    }
  }
}

/** The fields that are to be other than they are. */
function patchTo(before: TaskView, wanted: TaskDefinition): DefinitionPatch {
  const { environment: _environment, ...fields } = wanted;
  const { after } = changesBetween(definitionOf(before), wanted);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name in after));
}

/** Does one task's part, so that its refusal stops none of the others. */
async function alone(
  { externalId, planned, path }: { externalId: string; planned: Done; path: string | null },
  work: () => Promise<Done>,
): Promise<ImportItem> {
  try {
    return { externalId, ...(await work()), error: null };
  } catch (error) {
    if (!(error instanceof TablegateError) || error.status >= 500) throw error;
    const { code, message: detail, fields } = error;
    const errors = path === null ? fields : fields.map((field) => below(path, field));
    return { externalId, ...planned, error: { code, detail, errors } };
  }
}

function below<Field extends { path: string }>(path: string, field: Field): Field {
  const joint = field.path === '' || field.path.startsWith('[') ? '' : '.';
  return { ...field, path: `${path}${joint}${field.path}` };
}

function countOf(items: readonly ImportItem[]): ImportResult['counts'] {
  const counts = { create: 0, update: 0, unchanged: 0, remove: 0, failed: 0 };
  for (const { action, error } of items) counts[error ? 'failed' : action] += 1;
  return counts;
}
