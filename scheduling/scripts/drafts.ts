import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import { rootDirectory, type Directory, type Project } from '../../model/project';
import { editedConfig, newConfig } from '../../model/script-draft';
import type {
  ScriptConfig,
  ScriptInput,
  ScriptPatch,
  ScriptRow,
  ScriptState,
  ScriptView,
} from '../../model/script-object';
import { scriptKinds, skeletonOf } from '../../model/script-skeleton';
import { digest, makeId } from '../../store/secrets';
import type { StoredScript } from '../../store/store';
import { noteAction } from '../audit';
import type { SchedulingDeps } from '../deps';
import { requireGrant } from '../grants';
import { settleRecurrence } from '../recurrences';
import type { Page, PageRequest } from '../scheduling';
import { isRefusal } from '../task-refusals';
import { memberOf, scriptNotFound, type ScriptAccess } from './access';
import { unknownDependencies } from './dependencies';
import { refuseStaleScript } from './stale';
import { rowOf, viewOf } from './views';

/** How often an edit that another edit came between is made again. */
const editTries = 5;

/** Most scripts that a tree shows. */
const mostInTree = 5_000;

/** What is kept of scripts before anything is submitted. */
export class ScriptDrafts {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store' | 'settings'>,
    private readonly access: ScriptAccess,
  ) {}

  async create(caller: Caller, input: ScriptInput): Promise<ScriptView> {
    const { store, settings } = this.deps;
    const project = await this.access.project(caller, input.project);
    const environment = environmentOf(project, input.environment);
    await this.requireConnection(caller, input, 'source');
    await this.requireConnection(caller, input, 'target');
    if (input.directory !== rootDirectory) {
      await this.access.directory(caller, project.id, input.directory);
    }
    const { name, directory, scheduleType, description } = input;
    const { sourceType, source, targetType, target } = input;
    const origin = { sourceType, source, targetType, target };
    const { timezone } = settings;
    const config = newConfig({ scheduleType, description, timezone, by: caller.name });
    const text = skeletonOf(origin);
    const script = await store.scripts.create(caller.tenant, {
      ...{ id: makeId(), number: await store.tasks.nextNumber(), project: project.id },
      ...{ directory, name, environment, scheduleType, origin, text, config, by: caller.name },
      draftDigest: draftDigest(text, config),
    });
    await this.note(caller, 'script.create', script.id, { name, project: project.id });
    return viewOf(this.deps, caller.tenant, script);
  }

  async get(caller: Caller, id: string): Promise<ScriptView> {
    return viewOf(this.deps, caller.tenant, (await this.access.find(caller, id)).script);
  }

  async list(
    caller: Caller,
    filter: {
      project: string | null;
      directory: string | null;
      search: string | null;
      state: ScriptState | null;
    },
    page: PageRequest,
  ): Promise<Page<ScriptRow>> {
    if (filter.project !== null) await this.access.project(caller, filter.project);
    const { items, nextPageToken } = await this.deps.store.scripts.list(
      caller.tenant,
      { ...filter, memberId: memberOf(caller) },
      page,
    );
    return { items: items.map(rowOf), nextPageToken };
  }

  async tree(
    caller: Caller,
    project: string,
  ): Promise<{ directories: Directory[]; scripts: ScriptRow[]; truncated: boolean }> {
    await this.access.project(caller, project);
    const { store } = this.deps;
    const [directories, scripts] = await Promise.all([
      store.directories.list(caller.tenant, project),
      store.scripts.ofProject(caller.tenant, project, mostInTree + 1),
    ]);
    return {
      directories,
      scripts: scripts.slice(0, mostInTree).map(rowOf),
      truncated: scripts.length > mostInTree,
    };
  }

  /** Saves parts of a draft; nothing is scheduled by that. */
  async edit(
    caller: Caller,
    id: string,
    patch: ScriptPatch,
    ifVersion: number | null,
  ): Promise<ScriptView> {
    for (let triesLeft = editTries; ; triesLeft -= 1) {
      try {
        return await this.tryEdit(caller, id, patch, ifVersion);
      } catch (error) {
        // An edit that came between has changed other parts: these are put into what is there now.
        const isLate = ifVersion === null && isRefusal(error, 'staleVersion');
        if (!isLate || triesLeft === 0) throw error;
      }
    }
  }

  private async tryEdit(
    caller: Caller,
    id: string,
    patch: ScriptPatch,
    ifVersion: number | null,
  ): Promise<ScriptView> {
    const { script } = await this.access.find(caller, id);
    const config = editedConfig(script.config, patch);
    await this.checkConfig(caller, script, config, patch);
    const saved = await this.save(caller, script, { ...patch, config }, ifVersion);
    await this.note(caller, 'script.save', id, { fields: Object.keys(patch) });
    return viewOf(this.deps, caller.tenant, saved);
  }

  /**
   * Writes a draft over what it was when it was read, unless somebody else has saved since.
   * @throws TablegateError staleVersion, nameTaken, directoryNotFound
   */
  async save(
    caller: Caller,
    script: StoredScript,
    change: {
      name?: string | undefined;
      directory?: string | undefined;
      text?: string | undefined;
      config: ScriptConfig;
    },
    ifVersion: number | null,
  ): Promise<StoredScript> {
    refuseStaleScript(script, ifVersion);
    const { name = script.name, directory = script.directory, text = script.text, config } = change;
    const { project } = script;
    const saved = await this.deps.store.scripts.save(
      caller.tenant,
      script.id,
      {
        ...{ project, name, directory, text, config, by: caller.name },
        draftDigest: draftDigest(text, config),
      },
      Number(script.revision),
    );
    if (saved) return saved;
    const now = await this.deps.store.scripts.find(caller.tenant, script.id);
    if (now) refuseStaleScript(now, Number(script.revision));
    throw scriptNotFound(script.id);
  }

  private async checkConfig(
    { tenant }: Caller,
    { id }: StoredScript,
    config: ScriptConfig,
    patch: ScriptPatch,
  ): Promise<void> {
    const { recurrence, timezone } = config.scheduleConfiguration;
    if (patch.scheduleConfiguration && recurrence) settleRecurrence(recurrence, timezone);
    if (!patch.scheduleDependency) return;
    const unknown = await unknownDependencies(this.deps, tenant, id, config);
    if (unknown.length === 0) return;
    throw new TablegateError('invalidInput', `Dependencies: ${unknown[0]!.message}.`, {
      fields: unknown,
    });
  }

  /** A connection of the type that was chosen, which the caller may use so. */
  private async requireConnection(
    caller: Caller,
    input: ScriptInput,
    field: 'source' | 'target',
  ): Promise<void> {
    const name = input[field];
    const type = input[`${field}Type`];
    refuseKind(type, `${field}Type`);
    const found = await this.deps.store.sources.findConnection(caller.tenant, name);
    if (!found) {
      const message = `there is no connection ${name}; make it first`;
      throw new TablegateError('connectionNotFound', `T${message.slice(1)}.`, {
        fields: [{ path: field, message }],
      });
    }
    if (found.type !== type) {
      const message = `the connection ${name} is of type ${found.type}, not ${type}`;
      throw new TablegateError('invalidInput', `T${message.slice(1)}.`, {
        fields: [{ path: field, message }],
      });
    }
    await requireGrant(this.deps.store, caller, name, field === 'source' ? 'read' : 'write');
  }

  private note(
    caller: Caller,
    action: string,
    id: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return noteAction(this.deps.store, caller, action, `script/${id}`, detail);
  }
}

/** Tells whether a draft is what was submitted. */
export function draftDigest(text: string, config: ScriptConfig): string {
  return digest(JSON.stringify([text, config]));
}

function environmentOf(
  { name, mode }: Project,
  sent: StoredScript['environment'] | undefined,
): StoredScript['environment'] {
  if (mode === 'DevProd' && sent !== undefined) return sent;
  if (mode === 'Basic' && sent === undefined) return 'Prod';
  const message =
    mode === 'Basic'
      ? `the project "${name}" is in Basic mode, which has no environments; leave it out`
      : `the project "${name}" is in Dev-Prod mode; choose Dev or Prod`;
  throw new TablegateError('invalidInput', `T${message.slice(1)}.`, {
    fields: [{ path: 'environment', message }],
  });
}

function refuseKind(type: string, path: string): void {
  if ((scriptKinds as string[]).includes(type)) return;
  const message = `there is no such type; there are ${scriptKinds.join(', ')}`;
  throw new TablegateError('invalidInput', `\`${path}\`: ${message}.`, {
    fields: [{ path, message }],
  });
}
