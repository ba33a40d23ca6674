import { z } from 'zod';
import { nameSchema } from '../../model/fields';
import {
  directoryIdSchema,
  directoryNameSchema,
  projectIdSchema,
  projectInputSchema,
  rootDirectory,
} from '../../model/project';
import { listOf, listQuery, pageOf, wholeList } from './fields';
import { route } from './route';
import { directoryShape, projectMemberShape, projectShape, workspaceShape } from './shapes';

const tags = ['Projects'];

export const projectRoutes = [
  route({
    method: 'post',
    path: '/api/v1/projects',
    role: 'admin',
    tags,
    summary: 'Create a project',
    description: 'It is open to every user of the tenant until a member is added.',
    body: projectInputSchema,
    status: 201,
    answer: projectShape,
    errors: ['nameTaken'],
    handler: ({ scheduling, caller, body }) => scheduling.projects.create(caller, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/projects',
    role: 'viewer',
    tags,
    summary: 'List the projects that are open to the caller',
    query: listQuery({}),
    answer: listOf(projectShape),
    handler: ({ scheduling, caller, query }) => scheduling.projects.list(caller, pageOf(query)),
  }),
  route({
    method: 'get',
    path: '/api/v1/projects/{id}',
    role: 'viewer',
    tags,
    summary: 'Read a project',
    answer: projectShape,
    errors: ['projectNotFound', 'projectClosed'],
    handler: ({ scheduling, caller, params }) => scheduling.projects.get(caller, params.id),
  }),
  route({
    method: 'patch',
    path: '/api/v1/projects/{id}',
    role: 'admin',
    tags,
    summary: 'Rename a project',
    description: 'Its mode stays as it is.',
    body: z.strictObject({ name: nameSchema }),
    answer: projectShape,
    errors: ['projectNotFound', 'nameTaken'],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.projects.rename(caller, params.id, body.name),
  }),
  route({
    method: 'delete',
    path: '/api/v1/projects/{id}',
    role: 'admin',
    tags,
    summary: 'Remove a project that holds nothing',
    status: 204,
    errors: ['projectNotFound', 'projectInUse'],
    handler: ({ scheduling, caller, params }) => scheduling.projects.remove(caller, params.id),
  }),
  route({
    method: 'get',
    path: '/api/v1/projects/{id}/workspaces',
    role: 'viewer',
    tags,
    summary: 'List the workspaces of a project',
    answer: listOf(workspaceShape),
    errors: ['projectNotFound', 'projectClosed'],
    handler: async ({ scheduling, caller, params }) =>
      wholeList(await scheduling.projects.workspaces(caller, params.id)),
  }),
  route({
    method: 'post',
    path: '/api/v1/projects/{id}/workspaces',
    role: 'admin',
    tags,
    summary: 'Create a workspace in a project',
    body: z.strictObject({ name: nameSchema }),
    status: 201,
    answer: workspaceShape,
    errors: ['projectNotFound', 'nameTaken'],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.projects.createWorkspace(caller, params.id, body.name),
  }),
  route({
    method: 'delete',
    path: '/api/v1/projects/{id}/workspaces/{workspace}',
    role: 'admin',
    tags,
    summary: 'Remove a workspace',
    status: 204,
    errors: ['projectNotFound', 'workspaceNotFound', 'workspaceInUse'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.projects.removeWorkspace(caller, params.id, params.workspace),
  }),
  route({
    method: 'get',
    path: '/api/v1/projects/{id}/members',
    role: 'viewer',
    tags,
    summary: 'List the members of a project',
    description: 'A project without members is open to every user of the tenant.',
    answer: listOf(projectMemberShape),
    errors: ['projectNotFound', 'projectClosed'],
    handler: async ({ scheduling, caller, params }) =>
      wholeList(await scheduling.projects.members(caller, params.id)),
  }),
  route({
    method: 'put',
    path: '/api/v1/projects/{id}/members/{userId}',
    role: 'admin',
    tags,
    summary: 'Make a user a member of a project',
    description: 'With the first member it is closed to all others but admins.',
    answer: projectMemberShape,
    errors: ['projectNotFound', 'userNotFound'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.projects.addMember(caller, params.id, params.userId),
  }),
  route({
    method: 'delete',
    path: '/api/v1/projects/{id}/members/{userId}',
    role: 'admin',
    tags,
    summary: 'Take a member out of a project',
    description: 'When the last one is gone it is open to every user of the tenant.',
    status: 204,
    errors: ['projectNotFound', 'memberNotFound'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.projects.removeMember(caller, params.id, params.userId),
  }),
];

export const directoryRoutes = [
  route({
    method: 'get',
    path: '/api/v1/directories',
    role: 'viewer',
    tags: ['Directories'],
    summary: 'List all directories of a project, by name',
    description: 'The root, `0`, is not among them: every project has it.',
    query: z.strictObject({ project: projectIdSchema }),
    answer: listOf(directoryShape),
    errors: ['projectNotFound', 'projectClosed'],
    handler: async ({ scheduling, caller, query }) =>
      wholeList(await scheduling.projects.directories.list(caller, query.project)),
  }),
  route({
    method: 'post',
    path: '/api/v1/directories',
    role: 'developer',
    tags: ['Directories'],
    summary: 'Create a directory',
    body: z.strictObject({
      project: projectIdSchema,
      parent: directoryIdSchema.default(rootDirectory),
      name: directoryNameSchema,
    }),
    status: 201,
    answer: directoryShape,
    errors: ['projectNotFound', 'directoryNotFound', 'nameTaken'],
    handler: ({ scheduling, caller, body }) => scheduling.projects.directories.create(caller, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/directories/{id}',
    role: 'viewer',
    tags: ['Directories'],
    summary: 'Read a directory',
    answer: directoryShape,
    errors: ['directoryNotFound', 'projectClosed'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.projects.directories.get(caller, params.id),
  }),
  route({
    method: 'patch',
    path: '/api/v1/directories/{id}',
    role: 'developer',
    tags: ['Directories'],
    summary: 'Rename or move a directory',
    body: z.strictObject({
      name: directoryNameSchema.optional(),
      parent: directoryIdSchema.optional(),
    }),
    answer: directoryShape,
    errors: ['directoryNotFound', 'nameTaken'],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.projects.directories.change(caller, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/api/v1/directories/{id}',
    role: 'developer',
    tags: ['Directories'],
    summary: 'Remove an empty directory',
    status: 204,
    errors: ['directoryNotFound', 'directoryInUse'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.projects.directories.remove(caller, params.id),
  }),
];
