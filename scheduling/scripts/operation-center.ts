import { TablegateError } from '../../model/errors';
import { isId } from '../../model/names';
import type { Caller } from '../../model/people';
import type { ScriptRow } from '../../model/script-object';
import { syncScriptType, storedScriptSchema } from '../../model/sync-script-config';
import type { TaskRow } from '../../model/task-list';
import type { SchedulingDeps } from '../deps';
import type { Page, PageRequest } from '../scheduling';
import type { Tasks } from '../tasks';
import { memberOf, type ScriptAccess } from './access';
import { scriptIdOf } from './task-of-script';
import { rowOf } from './views';

/** A script in production, with its task as a list shows it. */
export interface OperatedScript {
  script: ScriptRow;
  /** Null where it is not stored yet. */
  task: TaskRow | null;
}

/** The script that a task runs. */
export interface TaskScript {
  scriptId: string;
  version: number;
  /** True: of a script object; false: the task's own. */
  isObject: boolean;
  text: string;
  parameters: { name: string; value: string }[];
  author: string;
  authorName: string;
  createdAt: string;
}

/** What is in production. */
export class OperationCenter {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store'>,
    private readonly access: ScriptAccess,
    private readonly tasks: Tasks,
  ) {}

  async list(
    caller: Caller,
    filter: { project: string | null; search: string | null },
    page: PageRequest,
  ): Promise<Page<OperatedScript>> {
    const { tenant } = caller;
    const { store } = this.deps;
    if (filter.project !== null) await this.access.project(caller, filter.project);
    const wanted = { ...filter, memberId: memberOf(caller) };
    const { items, nextPageToken } = await store.scripts.published(tenant, wanted, page);
    const ids = items.flatMap(({ prodTask }) => prodTask ?? []);
    const rows = await this.tasks.rowsOf(tenant, await store.tasks.findAll(tenant, ids));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return {
      items: items.map((script) => ({
        script: rowOf(script),
        task: byId.get(script.prodTask ?? '') ?? null,
      })),
      nextPageToken,
    };
  }

  async scriptOf(caller: Caller, taskId: string): Promise<TaskScript> {
    const task = await this.tasks.get(caller, isId(taskId) ? taskId : '');
    const stored = storedScriptSchema.safeParse(task.job.config);
    if (task.job.type !== syncScriptType || !stored.success) throw noScript(task.name);
    const { scriptId, version: number, parameters = {} } = stored.data;
    const isObject = scriptIdOf(task) !== null;
    if (isObject) await this.access.find(caller, scriptId);
    const version = await this.deps.store.scripts.version(caller.tenant, scriptId, number);
    if (!version) throw noScript(task.name);
    const { text, author, authorName, createdAt } = version;
    return {
      ...{ scriptId, version: number, isObject, text, author, authorName, createdAt },
      parameters: [
        ...(version.config?.scheduleParameters ?? []),
        ...Object.entries(parameters).map(([name, value]) => ({ name, value })),
      ],
    };
  }
}

function noScript(name: string): TablegateError {
  return new TablegateError('scriptNotFound', `The task "${name}" runs no script.`);
}
