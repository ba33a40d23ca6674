/** DataArts' calls, and that of the identity service, in the OpenAPI document. */
import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { ErrorCode } from '../../../model/errors';
import { paramNames } from '../../routes/path';
import { refusalShape } from './answers';
import { collectionCalls, type CollectionCall } from './calls';
import { exampleAnswers, exampleBodies } from './examples';
import { projectsPath, projectsShape } from './projects';
import { byStatus, codesOfCall, codesOfProjects, codesOfTokens } from './refusals';
import { tokenRequestSchema, tokenShape, tokensPath } from './tokens';

const paramDescriptions: Record<string, string> = {
  project_id: 'Id of a project; `default` is there from the start',
  task_id: '`task_id` that `create` answered with',
  instance_id: 'Id of a run',
};

const tokenHeader = z
  .string()
  .optional()
  .meta({
    description:
      `\`X-Subject-Token\` of \`POST ${tokensPath}\`. Not needed where the request is signed with an ` +
      'access key (`Authorization: SDK-HMAC-SHA256 …`); it wins where both come',
  });

const headers = z.object({
  'X-Auth-Token': tokenHeader,
  workspace: z
    .string()
    .meta({ description: 'Id of a workspace of the project', example: 'default' }),
});

function describeCall(call: CollectionCall): RouteConfig {
  const { method, path, role, name, summary, description, query, body, answer } = call;
  const params = paramNames(path).map((param) => {
    return [param, z.string().meta({ description: paramDescriptions[param] })] as const;
  });
  const needs = `Needs a user with at least the role \`${role}\` to whom the project is open.`;
  return {
    method,
    path,
    tags: ['DataArts'],
    summary,
    description: description === undefined ? needs : `${description} ${needs}`,
    operationId: name,
    'x-role': role,
    security: [],
    request: {
      params: z.object(Object.fromEntries(params)),
      headers,
      ...(query && { query }),
      ...(body && {
        body: {
          required: !body.safeParse(undefined).success,
          content: { 'application/json': { schema: body, example: exampleBodies[name] } },
        },
      }),
    },
    responses: {
      200: {
        description: 'Done',
        content: { 'application/json': { schema: answer, example: exampleAnswers[name] } },
      },
      ...refused(codesOfCall(call)),
    },
  };
}

function refused(codes: readonly ErrorCode[]): RouteConfig['responses'] {
  const content = { 'application/json': { schema: refusalShape } };
  return Object.fromEntries(
    [...byStatus(codes)].map(([status, why]) => [status, { description: why, content }]),
  );
}

const getToken: RouteConfig = {
  method: 'post',
  path: tokensPath,
  tags: ['DataArts'],
  summary: 'Get a token for X-Auth-Token',
  description:
    'As the identity service takes it: `password` is a key of the API, the domain the tenant. The token ' +
    'is good for 24 hours, and ends earlier with its user or key. Needs no token.',
  operationId: 'createUserToken',
  'x-role': 'public',
  security: [],
  request: {
    body: {
      required: true,
      content: {
        'application/json': { schema: tokenRequestSchema, example: exampleBodies.createUserToken },
      },
    },
  },
  responses: {
    201: {
      description: 'Created',
      headers: z.object({ 'X-Subject-Token': z.string().meta({ description: 'The token' }) }),
      content: { 'application/json': { schema: tokenShape } },
    },
    ...refused(codesOfTokens),
  },
};

const getProjects: RouteConfig = {
  method: 'get',
  path: projectsPath,
  tags: ['DataArts'],
  summary: 'List the projects that are open to the caller',
  description:
    'As the identity service has it; SDKs look up the project of a region with it. Needs a user with at ' +
    'least the role `viewer`.',
  operationId: 'listIdentityProjects',
  'x-role': 'viewer',
  security: [],
  request: {
    headers: z.object({ 'X-Auth-Token': tokenHeader }),
    query: z.object({
      name: z.string().optional().meta({ description: 'Name of a project, whatever the case' }),
    }),
  },
  responses: {
    200: { description: 'Done', content: { 'application/json': { schema: projectsShape } } },
    ...refused(codesOfProjects),
  },
};

export const dataArtsCalls: readonly RouteConfig[] = [
  getToken,
  getProjects,
  ...collectionCalls.map(describeCall),
];
