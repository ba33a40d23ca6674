import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import {
  directoryObstacle,
  rootDirectory,
  type Directory,
  type Project,
} from '../../model/project';
import { makeId } from '../../store/secrets';
import { noteAction } from '../audit';
import type { SchedulingDeps } from '../deps';
import type { DirectoryService } from '../scheduling';

/** Directories of projects, for whoever may see the project. */
export class Directories implements DirectoryService {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store'>,
    private readonly project: (caller: Caller, id: string) => Promise<Project>,
  ) {}

  async list(caller: Caller, project: string): Promise<{ items: Directory[] }> {
    await this.project(caller, project);
    return { items: await this.deps.store.directories.list(caller.tenant, project) };
  }

  async get(caller: Caller, id: string): Promise<Directory> {
    const directory = await this.deps.store.directories.find(caller.tenant, id);
    if (!directory) throw noDirectory(id, 'id');
    await this.project(caller, directory.project);
    return directory;
  }

  async create(
    caller: Caller,
    input: Pick<Directory, 'project' | 'parent' | 'name'>,
  ): Promise<Directory> {
    await this.project(caller, input.project);
    const { directories } = this.deps.store;
    const made = await directories.create(caller.tenant, { id: makeId(), ...input }, (all) =>
      requirePlace(all, null, input.parent),
    );
    await this.note(caller, 'directory.create', made.id, input);
    return made;
  }

  async change(
    caller: Caller,
    id: string,
    change: { name?: string | undefined; parent?: string | undefined },
  ): Promise<Directory> {
    const before = await this.get(caller, id);
    const parent = change.parent ?? before.parent;
    const after = { ...before, parent, name: change.name ?? before.name };
    const changed = await this.deps.store.directories.change(caller.tenant, after, (all) =>
      requirePlace(all, id, parent),
    );
    if (!changed) throw noDirectory(id, 'id');
    await this.note(caller, 'directory.edit', id, { name: changed.name, parent: changed.parent });
    return changed;
  }

  async remove(caller: Caller, id: string): Promise<void> {
    const directory = await this.get(caller, id);
    const removed = await this.deps.store.directories.remove(caller.tenant, directory);
    if (removed === 'unknown') throw noDirectory(id, 'id');
    if (removed === 'inUse') {
      const message = `The directory "${directory.name}" is not empty; move or remove what is in it first.`;
      throw new TablegateError('directoryInUse', message);
    }
    await this.note(caller, 'directory.remove', id, { name: directory.name });
  }

  async requireIn(caller: Caller, project: string, id: string): Promise<void> {
    if (id === rootDirectory) return;
    const directory = await this.deps.store.directories.find(caller.tenant, id);
    if (directory?.project !== project) throw noDirectory(id, 'directory');
  }

  private note(
    caller: Caller,
    action: string,
    id: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return noteAction(this.deps.store, caller, action, `directory/${id}`, detail);
  }
}

/** @throws TablegateError directoryNotFound, invalidInput */
function requirePlace(all: readonly Directory[], id: string | null, parent: string): void {
  if (parent !== rootDirectory && !all.some((directory) => directory.id === parent)) {
    throw noDirectory(parent, 'parent');
  }
  const message = directoryObstacle(all, id, parent);
  if (message === null) return;
  throw new TablegateError('invalidInput', `${message[0]!.toUpperCase()}${message.slice(1)}.`, {
    fields: [{ path: 'parent', message }],
  });
}

function noDirectory(id: string, path: string): TablegateError {
  const message = 'there is no such directory in the project';
  return new TablegateError('directoryNotFound', `There is no directory ${id} in the project.`, {
    fields: [{ path, message }],
  });
}
