/** Projects, directories and the scripts in them. */
import type { Page, PageRequest } from '../../model/page';
import type { Caller } from '../../model/people';
import type {
  Directory,
  Project,
  ProjectInput,
  ProjectMember,
  Workspace,
} from '../../model/project';
import type { ScriptDrafts } from '../scripts/drafts';
import type { ScriptLife } from '../scripts/life';
import type { OperationCenter } from '../scripts/operation-center';
import type { ScriptValidator } from '../scripts/validation';
import type { ScriptVersions } from '../scripts/versions';

/**
 * Projects; every method throws `projectNotFound` where there is none, and `projectClosed` where it has
 * members and the caller is neither one of them nor an admin.
 */
export interface ProjectService {
  directories: DirectoryService;
  create(caller: Caller, input: ProjectInput): Promise<Project>;
  /** Those that are open to the caller. */
  list(caller: Caller, page: PageRequest): Promise<Page<Project>>;
  get(caller: Caller, id: string): Promise<Project>;
  rename(caller: Caller, id: string, name: string): Promise<Project>;
  /** @throws TablegateError projectInUse */
  remove(caller: Caller, id: string): Promise<void>;
  workspaces(caller: Caller, project: string): Promise<{ items: Workspace[] }>;
  createWorkspace(caller: Caller, project: string, name: string): Promise<Workspace>;
  removeWorkspace(caller: Caller, project: string, id: string): Promise<void>;
  /** Projects that a user is a member of. */
  ofMember(caller: Caller, userId: string): Promise<{ items: Project[] }>;
  members(caller: Caller, project: string): Promise<{ items: ProjectMember[] }>;
  addMember(caller: Caller, project: string, userId: string): Promise<ProjectMember>;
  removeMember(caller: Caller, project: string, userId: string): Promise<void>;
}

/** Directories of projects; a caller needs the project to be open to him. */
export interface DirectoryService {
  list(caller: Caller, project: string): Promise<{ items: Directory[] }>;
  /** @throws TablegateError directoryNotFound, also for the root, which is not stored */
  get(caller: Caller, id: string): Promise<Directory>;
  create(caller: Caller, input: Pick<Directory, 'project' | 'parent' | 'name'>): Promise<Directory>;
  change(
    caller: Caller,
    id: string,
    change: { name?: string | undefined; parent?: string | undefined },
  ): Promise<Directory>;
  /** @throws TablegateError directoryInUse where something lies in it */
  remove(caller: Caller, id: string): Promise<void>;
  /** @throws TablegateError directoryNotFound where the project has no such directory; it has the root */
  requireIn(caller: Caller, project: string, id: string): Promise<void>;
}

/**
 * Script objects; every method throws `scriptNotFound` where there is none, and `projectClosed` where
 * its project is closed to the caller.
 */
export interface ScriptService {
  drafts: Pick<ScriptDrafts, 'create' | 'get' | 'list' | 'tree' | 'edit'>;
  versions: Pick<ScriptVersions, 'list' | 'get' | 'diff' | 'history'>;
  validator: Pick<ScriptValidator, 'validate' | 'validateText' | 'preview'>;
  life: Pick<ScriptLife, 'check' | 'submit' | 'publish' | 'unpublish' | 'rollBack' | 'remove'>;
  operationCenter: Pick<OperationCenter, 'list' | 'scriptOf'>;
}
