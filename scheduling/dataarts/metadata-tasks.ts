import {
  collectionTaskSchema,
  taskQuerySchema,
  type CollectionTask,
  type TaskQuery,
} from '../../model/dataarts/collection-task';
import {
  connectionNamesOf,
  inVendorsWords,
  planOf,
  type CollectionPlan,
} from '../../model/dataarts/definition';
import { shownLog, type ShownLog } from '../../model/dataarts/shown-log';
import { shownTask, type MadeOfBody, type SentBody } from '../../model/dataarts/shown-task';
import { readVendorMoment } from '../../model/dataarts/times';
import { TablegateError } from '../../model/errors';
import { parseExact, writeExact } from '../../model/exact-json';
import { invalidInput, parseInput } from '../../model/field-errors';
import { withNextRunTime } from '../../model/next-run-time';
import type { Caller } from '../../model/people';
import { directoryPath, type Directory } from '../../model/project';
import { taskInputSchema, taskPatchSchema, type TaskView } from '../../model/task';
import type { DataArtsFilter, DataArtsTask } from '../../store/store';
import type { SchedulingDeps } from '../deps';
import { requireGrant } from '../grants';
import type {
  CollectionAction,
  CollectionPlace,
  FoundCollectionTasks,
  MetadataTaskService,
  ProjectService,
  RunService,
  TaskService,
} from '../scheduling';
import { isRefusal, taskNotFound } from '../task-refusals';

/** What the vendor's Integer holds: there is no bound of ours. */
const mostTasks = 2_147_483_647;
/** Most runs of a task that are live at once, with room to spare. */
const mostLive = 1000;

/** Collection tasks of DataArts: each is one scheduling task, with what was sent of it beside it. */
export class MetadataTasks implements MetadataTaskService {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store' | 'settings'>,
    private readonly tasks: TaskService,
    private readonly runs: RunService,
    private readonly projects: ProjectService,
  ) {}

  async enter(caller: Caller, project: string, scope: string | null): Promise<void> {
    const { name } = await this.projects.get(caller, project);
    if (scope === null || scope === project) return;
    const message = `The token is for another project; ask for one whose scope is "${name}" (${project}).`;
    throw new TablegateError('notAllowed', message);
  }

  async requireWorkspace({ caller, project, workspace }: CollectionPlace): Promise<void> {
    const { items } = await this.projects.workspaces(caller, project);
    if (items.some(({ id }) => id === workspace)) return;
    const known = items.map(({ id, name }) => (id === name ? id : `${id} (${name})`)).join(', ');
    throw new TablegateError(
      'workspaceNotFound',
      `The project has no workspace ${workspace}; it has ${known}.`,
    );
  }

  async create(place: CollectionPlace, sent: unknown): Promise<{ taskId: string }> {
    const { caller, project } = place;
    const { body, plan } = await this.read(place, sent);
    const { id: taskId } = await this.tasks.draft(caller, { tables: [] });
    const input = vendorsWords(body, () =>
      parseInput(taskInputSchema, { id: taskId, tables: [], ...plan.definition }, 'task'),
    );
    const { store } = this.deps;
    // First what belongs to it: no task is ever seen without.
    await store.dataArtsTasks.put(caller.tenant, {
      ...{ taskId, project, workspace: place.workspace, creator: caller.name },
      ...kept(body, sent, plan),
    });
    const begin = { paused: plan.paused ?? false, start: plan.startNow };
    try {
      await vendorsWords(body, () => this.tasks.create(caller, input, null, begin));
    } catch (error) {
      const isRefused = error instanceof TablegateError && error.status < 500;
      if (isRefused) await store.dataArtsTasks.remove(caller.tenant, taskId);
      throw error;
    }
    return { taskId };
  }

  async get(place: CollectionPlace, taskId: string): Promise<SentBody> {
    const row = await this.find(place, taskId);
    const task = await this.tasks.get(place.caller, taskId);
    return this.shown(row, task, await this.directories(place));
  }

  async replace(place: CollectionPlace, taskId: string, sent: unknown): Promise<void> {
    const { caller } = place;
    const row = await this.find(place, taskId);
    const before = await this.tasks.get(caller, taskId);
    const { body, plan } = await this.read(place, sent);
    keepOwn(before, plan);
    const patch = vendorsWords(body, () => parseInput(taskPatchSchema, plan.definition, 'task'));
    const { paused } = plan;
    // Off before the edit, on after it: nothing runs by times that are not to be.
    const switchesOff = paused === true && !before.paused;
    if (switchesOff) await this.tasks.pause(caller, taskId);
    try {
      await vendorsWords(body, () => this.tasks.edit(caller, taskId, patch, null));
    } catch (error) {
      // A refused call has changed nothing.
      const isRefused = error instanceof TablegateError && error.status < 500;
      if (switchesOff && isRefused) await this.tasks.resume(caller, taskId);
      throw error;
    }
    if (paused === false && before.paused) await this.tasks.resume(caller, taskId);
    const next = { ...row, ...kept(body, sent, plan) };
    await this.deps.store.dataArtsTasks.put(caller.tenant, next);
  }

  async remove(place: CollectionPlace, taskId: string): Promise<void> {
    await this.find(place, taskId);
    await this.tasks.remove(place.caller, taskId, null, false);
  }

  async search(place: CollectionPlace, sent: unknown): Promise<FoundCollectionTasks> {
    const query = parseInput(taskQuerySchema, sent ?? {}, 'body');
    const filter = filterOf(place, query, this.deps.settings.timezone);
    const { offset, limit } = query;
    const { store } = this.deps;
    const [found, directories] = await Promise.all([
      store.dataArtsTasks.search(place.caller.tenant, filter, { offset, limit }),
      this.directories(place),
    ]);
    return {
      count: found.count,
      total_records: found.inProject,
      max_records: mostTasks,
      resources: found.items.map(({ row, task }) =>
        this.shown(row, withNextRunTime(task), directories),
      ),
    };
  }

  async act(place: CollectionPlace, taskId: string, action: CollectionAction): Promise<void> {
    const { caller } = place;
    await this.find(place, taskId);
    if (action === 'start') return this.start(caller, taskId);
    if (action === 'schedule') {
      await this.tasks.resume(caller, taskId);
      return;
    }
    await this.tasks.pause(caller, taskId);
    for (const status of ['queued', 'running'] as const) {
      const filter = { taskId, status, startedBy: null, from: null, to: null };
      const { items } = await this.runs.list(caller, filter, {
        pageSize: mostLive,
        pageToken: null,
      });
      for (const { id } of items) await this.cancel(caller, taskId, id);
    }
  }

  /** A second call while it runs starts nothing more. */
  private async start(caller: Caller, taskId: string): Promise<void> {
    try {
      await this.runs.start(caller, taskId, null);
    } catch (error) {
      if (!isRefusal(error, 'runInProgress')) throw error;
    }
  }

  private async cancel(caller: Caller, taskId: string, runId: string): Promise<void> {
    try {
      await this.runs.cancel(caller, taskId, runId);
    } catch (error) {
      if (!isRefusal(error, 'runNotLive')) throw error;
    }
  }

  async log(place: CollectionPlace, taskId: string, runId: string): Promise<ShownLog> {
    const { caller } = place;
    await this.find(place, taskId);
    const run = await this.runs.get(caller, taskId, runId);
    const [task, { items }] = await Promise.all([
      this.tasks.get(caller, taskId),
      this.runs.log(caller, taskId, runId),
    ]);
    return shownLog(task.job.config, run, items);
  }

  /** Reads a body, and looks whether the caller may do what it asks for. */
  private async read(
    { caller, project }: CollectionPlace,
    sent: unknown,
  ): Promise<{ body: CollectionTask; plan: CollectionPlan }> {
    const body = parseInput(collectionTaskSchema, sent, 'body');
    await this.projects.directories.requireIn(caller, project, body.dir_id);
    const connection = await this.connectionOf(caller, body);
    const { timezone } = this.deps.settings;
    return { body, plan: planOf(body, { timezone, now: new Date(), connection, project }) };
  }

  /**
   * The first of the two names that a connection has; where none has one, it may come to be later.
   * @throws TablegateError grantMissing
   */
  private async connectionOf(caller: Caller, body: CollectionTask): Promise<string> {
    const { store } = this.deps;
    const names = connectionNamesOf(body);
    for (const name of names) {
      if ((await store.sources.findConnection(caller.tenant, name)) === null) continue;
      await requireGrant(store, caller, name, 'read');
      return name;
    }
    return names[0] ?? '';
  }

  /** @throws TablegateError taskNotFound also for a task of another project or workspace */
  private async find(
    { caller, project, workspace }: CollectionPlace,
    taskId: string,
  ): Promise<DataArtsTask> {
    const row = await this.deps.store.dataArtsTasks.find(caller.tenant, taskId);
    if (row?.project === project && row.workspace === workspace) return row;
    throw taskNotFound(taskId);
  }

  private async directories({ caller, project }: CollectionPlace): Promise<Directory[]> {
    return (await this.projects.directories.list(caller, project)).items;
  }

  private shown(row: DataArtsTask, task: TaskView, directories: readonly Directory[]): SentBody {
    const sent = parseExact(row.sent) as SentBody;
    const names = directoryPath(directories, row.directory) ?? [];
    return shownTask(task, { sent, made: row.made, path: `/${names.join('/')}` });
  }
}

/** What is kept of a body. */
function kept(
  body: CollectionTask,
  sent: unknown,
  { definition }: CollectionPlan,
): Pick<
  DataArtsTask,
  'directory' | 'dataSourceType' | 'connectionId' | 'bucket' | 'sent' | 'made'
> {
  const { kind, recurrence, timezone, job, runPolicy } = definition;
  const made: MadeOfBody = { kind, recurrence, timezone, job, runPolicy };
  const { data_connection_id: connectionId, bucketName, bucket_name } = body.task_config;
  const bucket = bucketName ?? bucket_name;
  return {
    directory: body.dir_id,
    dataSourceType: body.data_source_type,
    connectionId: connectionId ?? null,
    bucket: typeof bucket === 'string' ? bucket : null,
    sent: writeExact(sent),
    made,
  };
}

/** Settings of the job that only the native API and the console have stay as they are. */
function keepOwn({ job }: TaskView, { definition }: CollectionPlan): void {
  const { profileMode } = job.config;
  if (profileMode !== undefined) definition.job.config.profileMode = profileMode;
}

function filterOf(
  { project, workspace }: CollectionPlace,
  query: TaskQuery,
  timezone: string,
): DataArtsFilter {
  const time = (field: 'start_time' | 'end_time'): string | null => {
    const text = query[field];
    return text ? readVendorMoment(text, timezone, field) : null;
  };
  return {
    project,
    workspace,
    name: query.name || null,
    creator: query.user_name || null,
    dataSourceType: query.data_source_type || null,
    connectionId: query.data_connection_id || null,
    directory: query.directory_id || null,
    bucket: query.bucket_name || null,
    from: time('start_time'),
    to: time('end_time'),
  };
}

/** Refusals of the task that was made of a body name the fields of the body. */
function vendorsWords<T>(body: CollectionTask, work: () => T): T {
  const reworded = (error: unknown): unknown => {
    if (!isRefusal(error, 'invalidInput')) return error;
    const { fields } = error as TablegateError;
    return fields.length === 0 ? error : invalidInput('body', inVendorsWords(fields, body));
  };
  try {
    const result = work();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw reworded(error);
    }) as T;
  } catch (error) {
    throw reworded(error);
  }
}
