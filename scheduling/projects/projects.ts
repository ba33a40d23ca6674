import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import {
  defaultProject,
  defaultWorkspace,
  type Project,
  type ProjectInput,
  type ProjectMember,
  type Workspace,
} from '../../model/project';
import { makeId } from '../../store/secrets';
import { noteAction } from '../audit';
import type { SchedulingDeps } from '../deps';
import type { Page, PageRequest, ProjectService } from '../scheduling';
import { Directories } from './directories';

export class Projects implements ProjectService {
  readonly directories: Directories;

  constructor(private readonly deps: Pick<SchedulingDeps, 'store'>) {
    this.directories = new Directories(deps, (caller, id) => this.get(caller, id));
  }

  async create(caller: Caller, input: ProjectInput): Promise<Project> {
    const project = { id: makeId(), ...input };
    const made = await this.deps.store.projects.create(caller.tenant, project);
    await this.note(caller, 'project.create', made.id, input);
    return made;
  }

  list(caller: Caller, page: PageRequest): Promise<Page<Project>> {
    const member = caller.role === 'admin' ? null : caller.userId;
    return this.deps.store.projects.list(caller.tenant, member, page);
  }

  async get(caller: Caller, id: string): Promise<Project> {
    const { projects } = this.deps.store;
    const project = await projects.find(caller.tenant, id);
    if (!project) throw noProject(id);
    if (caller.role === 'admin') return project;
    if (await projects.isOpenTo(caller.tenant, id, caller.userId)) return project;
    throw new TablegateError(
      'projectClosed',
      `You are not a member of the project "${project.name}"; ask an admin to add you with ` +
        `PUT /api/v1/projects/${id}/members/${caller.userId}`,
    );
  }

  async rename(caller: Caller, id: string, name: string): Promise<Project> {
    await this.get(caller, id);
    const renamed = await this.deps.store.projects.rename(caller.tenant, id, name);
    if (!renamed) throw noProject(id);
    await this.note(caller, 'project.edit', id, { name });
    return renamed;
  }

  async remove(caller: Caller, id: string): Promise<void> {
    const project = await this.get(caller, id);
    if (id === defaultProject) {
      throw new TablegateError('projectInUse', 'The project "default" cannot be removed.');
    }
    const removed = await this.deps.store.projects.remove(caller.tenant, id);
    if (removed === 'unknown') throw noProject(id);
    if (removed === 'inUse') {
      const message = `The project "${project.name}" holds directories or scripts; remove them first.`;
      throw new TablegateError('projectInUse', message);
    }
    await this.note(caller, 'project.remove', id, { name: project.name });
  }

  async workspaces(caller: Caller, project: string): Promise<{ items: Workspace[] }> {
    await this.get(caller, project);
    return { items: await this.deps.store.projects.workspaces(caller.tenant, project) };
  }

  async createWorkspace(caller: Caller, project: string, name: string): Promise<Workspace> {
    await this.get(caller, project);
    const workspace = { id: makeId(), project, name };
    const made = await this.deps.store.projects.createWorkspace(caller.tenant, workspace);
    await this.note(caller, 'workspace.create', project, { workspace: made.id, name });
    return made;
  }

  async removeWorkspace(caller: Caller, project: string, id: string): Promise<void> {
    await this.get(caller, project);
    if (id === defaultWorkspace) {
      throw new TablegateError('workspaceInUse', 'The workspace "default" cannot be removed.');
    }
    if (!(await this.deps.store.projects.removeWorkspace(caller.tenant, project, id))) {
      throw new TablegateError('workspaceNotFound', `The project has no workspace ${id}.`);
    }
    await this.note(caller, 'workspace.remove', project, { workspace: id });
  }

  async ofMember(caller: Caller, userId: string): Promise<{ items: Project[] }> {
    return { items: await this.deps.store.projects.ofMember(caller.tenant, userId) };
  }

  async members(caller: Caller, project: string): Promise<{ items: ProjectMember[] }> {
    await this.get(caller, project);
    return { items: await this.deps.store.projects.members(caller.tenant, project) };
  }

  async addMember(caller: Caller, project: string, userId: string): Promise<ProjectMember> {
    await this.get(caller, project);
    const { projects } = this.deps.store;
    await projects.addMember(caller.tenant, project, userId);
    await this.note(caller, 'project.addMember', project, { userId });
    const members = await projects.members(caller.tenant, project);
    const added = members.find((member) => member.userId === userId);
    if (added) return added;
    throw new TablegateError('userNotFound', `There is no user ${userId}.`);
  }

  async removeMember(caller: Caller, project: string, userId: string): Promise<void> {
    await this.get(caller, project);
    if (!(await this.deps.store.projects.removeMember(caller.tenant, project, userId))) {
      throw new TablegateError('memberNotFound', `The user ${userId} is no member of the project.`);
    }
    await this.note(caller, 'project.removeMember', project, { userId });
  }

  private note(
    caller: Caller,
    action: string,
    id: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return noteAction(this.deps.store, caller, action, `project/${id}`, detail);
  }
}

function noProject(id: string): TablegateError {
  return new TablegateError('projectNotFound', `There is no project ${id}.`, {
    fields: [{ path: 'project', message: 'there is no such project' }],
  });
}
