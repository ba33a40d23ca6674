import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import type { Project } from '../../model/project';
import type { StoredScript } from '../../store/store';
import type { SchedulingDeps } from '../deps';
import type { ProjectService } from '../scheduling';

/** Finds scripts for whoever may see their project. */
export class ScriptAccess {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store'>,
    private readonly projects: Pick<ProjectService, 'get' | 'directories'>,
  ) {}

  /** @throws TablegateError scriptNotFound; projectClosed where the project is closed to the caller */
  async find(caller: Caller, id: string): Promise<{ script: StoredScript; project: Project }> {
    const script = await this.deps.store.scripts.find(caller.tenant, id);
    if (!script) throw scriptNotFound(id);
    return { script, project: await this.projects.get(caller, script.project) };
  }

  project(caller: Caller, id: string): Promise<Project> {
    return this.projects.get(caller, id);
  }

  directory(caller: Caller, project: string, id: string): Promise<void> {
    return this.projects.directories.requireIn(caller, project, id);
  }
}

export function scriptNotFound(id: string): TablegateError {
  return new TablegateError('scriptNotFound', `There is no script ${id}.`);
}

/** Whose projects a list is held to; null: all. */
export function memberOf({ role, userId }: Caller): string | null {
  return role === 'admin' ? null : userId;
}
