import { z } from 'zod';
import type { ErrorCode } from '../../model/errors';
import { idMappingSchema } from '../../model/source';
import { flag, listOf, listQuery, pageOf, plainText } from './fields';
import { route } from './route';
import { tableShape, tableWithColumnsShape } from './shapes';

const tags = ['Tables'];
const notRegistrable: ErrorCode[] = [
  'connectionNotFound',
  'tableNotFound',
  'pathOutsideRoots',
  'connectionFailed',
];

export const tableRoutes = [
  route({
    method: 'get',
    path: '/api/v1/tables',
    role: 'viewer',
    tags,
    summary: 'List the registered tables',
    query: listQuery({
      connection: plainText.optional(),
      search: plainText.optional().meta({ description: 'Part of the name, whatever the case' }),
      withIdMapping: flag.optional().meta({ description: 'Only those with one, or without' }),
    }),
    answer: listOf(tableShape),
    handler: ({ scheduling, caller, query }) => {
      const { connection, search, withIdMapping = null } = query;
      const filter = { connection: connection || null, search: search || null, withIdMapping };
      return scheduling.sources.tables(caller, filter, pageOf(query));
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/tables/{table}',
    role: 'viewer',
    tags,
    summary: 'Read a registered table with its columns',
    answer: tableWithColumnsShape,
    errors: ['tableNotFound'],
    handler: ({ scheduling, caller, params }) => scheduling.sources.table(caller, params.table),
  }),
  route({
    method: 'put',
    path: '/api/v1/tables/{table}',
    role: 'developer',
    tags,
    summary: 'Register a table of a connection',
    answer: tableShape,
    errors: notRegistrable,
    handler: ({ scheduling, caller, params }) => scheduling.sources.putTable(caller, params.table),
  }),
  route({
    method: 'delete',
    path: '/api/v1/tables/{table}',
    role: 'developer',
    tags,
    summary: 'Forget a registered table that no task uses',
    description: 'The data stay.',
    status: 204,
    errors: ['tableNotFound', 'tableInUse'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.sources.removeTable(caller, params.table),
  }),
  route({
    method: 'get',
    path: '/api/v1/tables/{table}/id-mapping',
    role: 'viewer',
    tags,
    summary: 'Read which columns of a table hold which ID types',
    description: 'No columns: the table has no ID mapping.',
    answer: z.object({ columns: z.array(z.object({ column: z.string(), idType: z.string() })) }),
    errors: ['tableNotFound'],
    handler: async ({ scheduling, caller, params }) => {
      const { idMapping } = await scheduling.sources.table(caller, params.table);
      return idMapping ?? { columns: [] };
    },
  }),
  route({
    method: 'put',
    path: '/api/v1/tables/{table}/id-mapping',
    role: 'developer',
    tags,
    summary: 'Say which columns of a table hold which ID types',
    description: 'Registers the table if need be.',
    body: idMappingSchema,
    answer: tableShape,
    errors: [...notRegistrable, 'columnNotFound'],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.sources.putIdMapping(caller, params.table, body),
  }),
];
