import { z } from 'zod';
import { resourceGroupNameSchema, taskQueueSchema } from '../../model/resource-group';
import { listOf, listQuery, pageOf } from './fields';
import { route } from './route';
import { resourceGroupShape } from './shapes';

const tags = ['Resource groups'];

export const resourceGroupRoutes = [
  route({
    method: 'post',
    path: '/api/v1/resource-groups',
    role: 'admin',
    tags,
    summary: 'Name the workers behind a task queue, for jobs to run on',
    description:
      'A group keeps its task queue. `runtimeResource.resourceGroup` of a task, and the ' +
      '`ResourceGroupId` of DataWorks, name it.',
    body: z.strictObject({ name: resourceGroupNameSchema, taskQueue: taskQueueSchema }),
    status: 201,
    answer: resourceGroupShape,
    errors: ['nameTaken'],
    handler: ({ scheduling, caller, body }) => scheduling.resourceGroups.create(caller, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/resource-groups',
    role: 'viewer',
    tags,
    summary: 'List the resource groups',
    query: listQuery({}),
    answer: listOf(resourceGroupShape),
    handler: ({ scheduling, caller, query }) =>
      scheduling.resourceGroups.list(caller, pageOf(query)),
  }),
  route({
    method: 'delete',
    path: '/api/v1/resource-groups/{name}',
    role: 'admin',
    tags,
    summary: 'Remove a resource group that no task is in',
    status: 204,
    errors: ['resourceGroupNotFound', 'resourceGroupInUse'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.resourceGroups.remove(caller, params.name),
  }),
];
