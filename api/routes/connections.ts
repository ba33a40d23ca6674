import { z } from 'zod';
import type { ErrorCode } from '../../model/errors';
import { grantSides } from '../../model/people';
import { connectionInputSchema } from '../../model/source';
import { listOf, listQuery, numberUpTo, pageOf, plainText, wholeList } from './fields';
import { route } from './route';
import { columnSuggestionShape, connectionShape, rowSampleShape } from './shapes';

/** The connectors show no more. */
const rowLimit = numberUpTo(200, 50, 'Most rows in the answer');

const tags = ['Connections'];
const notTaken: ErrorCode[] = ['pathOutsideRoots', 'connectionFailed'];

const unreadable: ErrorCode[] = ['connectionNotFound', 'tableNotFound', ...notTaken];

const trialShape = z
  .object({
    ok: z.boolean(),
    message: z.string().nullable().meta({ description: 'What is wrong, if it does not' }),
  })
  .meta({ id: 'ConnectionTrial' });

const connectionTypeShape = z
  .object({
    type: z.string(),
    capabilities: z.object({
      read: z.boolean(),
      write: z.boolean().meta({ description: 'Can hold the result of a job' }),
      upsert: z.boolean().meta({ description: 'Rows can be put by a key' }),
      ddlInTransaction: z.boolean(),
      parallelRead: z.boolean().meta({
        description: 'Several sessions can read one state of a table at once',
      }),
      dialect: z.enum(['duckdb', 'postgres', 'mysql']).nullable(),
    }),
    configSchema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema' }),
    secretFields: z.array(z.string()),
  })
  .meta({ id: 'ConnectionType' });

export const connectionRoutes = [
  route({
    method: 'get',
    path: '/api/v1/connection-types',
    role: 'viewer',
    tags,
    summary: 'List the kinds of connections with the schema of their settings',
    answer: listOf(connectionTypeShape),
    handler: ({ scheduling }) => Promise.resolve(wholeList({ items: scheduling.sources.types() })),
  }),
  route({
    method: 'post',
    path: '/api/v1/connections',
    role: 'developer',
    tags,
    summary: 'Create a connection',
    description:
      'Kind `files`: `{"path": <folder>}`; `x.csv` or `x.parquet` in it is table ' +
      '`<connection>.main.x`. Kind `duckdb`: `{"path": <file>}`. Kinds `postgres` and `mysql`: ' +
      '`{"host", "port", "database", "user", "password", "ssl"}`; see `GET /connection-types`. ' +
      'Who creates a connection is granted to read and to write it.',
    body: connectionInputSchema,
    status: 201,
    answer: connectionShape,
    errors: ['nameTaken', ...notTaken],
    handler: ({ scheduling, caller, body }) => scheduling.sources.createConnection(caller, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/connections',
    role: 'viewer',
    tags,
    summary: 'List the connections',
    description:
      'With `grant`, only those that the caller may read from, or write to: for pickers.',
    query: listQuery({
      type: plainText.optional().meta({ description: 'Only those of one kind' }),
      grant: z.enum(grantSides).optional(),
    }),
    answer: listOf(connectionShape),
    handler: ({ scheduling, caller, query }) =>
      scheduling.sources.connections(
        caller,
        { type: query.type || null, grant: query.grant ?? null },
        pageOf(query),
      ),
  }),
  route({
    method: 'get',
    path: '/api/v1/connections/{name}',
    role: 'viewer',
    tags,
    summary: 'Read a connection',
    answer: connectionShape,
    errors: ['connectionNotFound'],
    handler: ({ scheduling, caller, params }) => scheduling.sources.connection(caller, params.name),
  }),
  route({
    method: 'put',
    path: '/api/v1/connections/{name}',
    role: 'developer',
    tags,
    summary: 'Replace the settings of a connection',
    description:
      'A password that is not sent stays, unless host, port, user or encryption change: then it has ' +
      'to be sent again.',
    body: connectionInputSchema.omit({ name: true }),
    answer: connectionShape,
    errors: ['connectionNotFound', ...notTaken],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.sources.replaceConnection(caller, params.name, body),
  }),
  route({
    method: 'delete',
    path: '/api/v1/connections/{name}',
    role: 'developer',
    tags,
    summary: 'Remove a connection that no task uses',
    description: 'Its registered tables are forgotten; the data stay.',
    status: 204,
    errors: ['connectionNotFound', 'connectionInUse'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.sources.removeConnection(caller, params.name),
  }),
  route({
    method: 'post',
    path: '/api/v1/connections/{name}:test',
    role: 'developer',
    tags,
    summary: 'Try whether a connection works',
    answer: trialShape,
    errors: ['connectionNotFound'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.sources.testConnection(caller, params.name),
  }),
  route({
    method: 'post',
    path: '/api/v1/connections:test',
    role: 'developer',
    tags,
    summary: 'Try whether settings work, before they are saved',
    description:
      'What could not be saved is refused as it would be then. With the `name` of a saved ' +
      'connection, its password is used where none is sent, as when it is replaced.',
    body: connectionInputSchema.partial({ name: true }),
    answer: trialShape,
    errors: ['connectionNotFound', ...notTaken],
    handler: ({ scheduling, caller, body }) => scheduling.sources.testConfig(caller, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/connections/{name}/tables',
    role: 'viewer',
    tags,
    summary: 'List all tables of the source, registered or not',
    answer: listOf(z.object({ name: z.string(), registered: z.boolean() })),
    errors: ['connectionNotFound', 'pathOutsideRoots', 'connectionFailed'],
    handler: async ({ scheduling, caller, params }) =>
      wholeList(await scheduling.sources.connectionTables(caller, params.name)),
  }),
  route({
    method: 'get',
    path: '/api/v1/connections/{name}/tables/{table}/rows',
    role: 'developer',
    tags,
    summary: 'Look at the first rows of a table, registered or not',
    description:
      'Every value as text; one of more than 200 characters ends in `…`. Noted in the audit.',
    query: z.strictObject({ limit: rowLimit }),
    answer: rowSampleShape,
    errors: unreadable,
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.sources.rows(caller, params.name, params.table, query.limit),
  }),
  route({
    method: 'get',
    path: '/api/v1/connections/{name}/tables/{table}/suggestions',
    role: 'developer',
    tags,
    summary: 'Suggest which columns of a table hold which ID types',
    description: 'By the names of the columns and some values.',
    answer: z.object({ columns: z.array(columnSuggestionShape) }),
    errors: unreadable,
    handler: ({ scheduling, caller, params }) =>
      scheduling.sources.suggestions(caller, params.name, params.table),
  }),
];
