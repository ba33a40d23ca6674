/** Projects and their directories. */
import type { Page, PageRequest } from '../../model/page';
import type { Directory, Project, ProjectMember, Workspace } from '../../model/project';

export interface ProjectStore {
  /** Creates a project with its first workspace; `nameTaken` where another has the name. */
  create(tenant: string, project: Pick<Project, 'id' | 'name' | 'mode'>): Promise<Project>;
  find(tenant: string, id: string): Promise<Project | null>;
  /** Newest first. `memberId`: those that are open to this user; null: all. */
  list(tenant: string, memberId: string | null, page: PageRequest): Promise<Page<Project>>;
  /** Null where there is no such project; `nameTaken`. */
  rename(tenant: string, id: string, name: string): Promise<Project | null>;
  /** `inUse`: there are directories or scripts in it. */
  remove(tenant: string, id: string): Promise<'removed' | 'inUse' | 'unknown'>;
  /** Oldest first. */
  workspaces(tenant: string, project: string): Promise<Workspace[]>;
  /** `nameTaken`, `projectNotFound`. */
  createWorkspace(
    tenant: string,
    workspace: Pick<Workspace, 'project' | 'id' | 'name'>,
  ): Promise<Workspace>;
  removeWorkspace(tenant: string, project: string, id: string): Promise<boolean>;
  members(tenant: string, project: string): Promise<ProjectMember[]>;
  /** Safe to repeat; `userNotFound`, `projectNotFound`. */
  addMember(tenant: string, project: string, userId: string): Promise<void>;
  removeMember(tenant: string, project: string, userId: string): Promise<boolean>;
  /** Those that the user is a member of, by name. */
  ofMember(tenant: string, userId: string): Promise<Project[]>;
  /** True for a member, and for everybody where the project has none. */
  isOpenTo(tenant: string, project: string, userId: string): Promise<boolean>;
}

/**
 * Directories of projects; the root is not stored. `judge` sees all of the project's before a write,
 * while no other write of them is under way, and throws what stands against it.
 */
export interface DirectoryStore {
  /** All of a project, by name. */
  list(tenant: string, project: string): Promise<Directory[]>;
  find(tenant: string, id: string): Promise<Directory | null>;
  /** `nameTaken` where its parent holds one of that name; `projectNotFound`. */
  create(
    tenant: string,
    directory: Omit<Directory, 'createdAt'>,
    judge: (all: Directory[]) => void,
  ): Promise<Directory>;
  /** Name and parent; null where there is no such directory; `nameTaken`. */
  change(
    tenant: string,
    directory: Omit<Directory, 'createdAt'>,
    judge: (all: Directory[]) => void,
  ): Promise<Directory | null>;
  /** `inUse`: something lies in it. */
  remove(
    tenant: string,
    directory: Pick<Directory, 'id' | 'project'>,
  ): Promise<'removed' | 'inUse' | 'unknown'>;
}
