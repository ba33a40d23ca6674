import { z } from 'zod';
import {
  catalogueEditSchema,
  catalogueHitSchema,
  catalogueTableSchema,
  catalogueTableWithColumnsSchema,
  tableVersionSchema,
  type CatalogueFilter,
} from '../../model/catalogue/catalogue';
import { columnClasses } from '../../model/catalogue/classify-schema';
import { tableDefinitionSchema, tableKinds } from '../../model/catalogue/collected';
import { parseInput } from '../../model/field-errors';
import { taskKinds } from '../../model/task';
import { countedListOf, flag, listOf, listQuery, numberUpTo, pageOf, plainText } from './fields';
import { route } from './route';

const tags = ['Catalogue'];

const filterQuery = {
  connection: plainText.optional(),
  schema: plainText.optional(),
  kind: z.enum(tableKinds).optional(),
  class: z.enum(columnClasses).optional().meta({ description: 'A class that a column has' }),
  tag: plainText.optional().meta({ description: 'A tag of the table' }),
  owner: plainText.optional(),
  deleted: flag.optional().meta({
    description: 'Only what is gone from its source, or only what is there; left out: both',
  }),
};

function filterOf(query: {
  [Name in keyof typeof filterQuery]?: z.output<(typeof filterQuery)[Name]>;
}): CatalogueFilter {
  return {
    connection: query.connection || null,
    schema: query.schema || null,
    kind: query.kind ?? null,
    class: query.class ?? null,
    tag: query.tag || null,
    owner: query.owner || null,
    deleted: query.deleted ?? null,
  };
}

const versionNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'it must be the number of a version, from 1 on')
  .transform(Number)
  .meta({ type: 'integer', minimum: 1 });

const tableShape = catalogueTableSchema.meta({ id: 'CatalogueTable' });

const wholeTableShape = catalogueTableWithColumnsSchema
  .extend({
    mayRead: z.boolean().meta({
      description: 'False: without a grant to read from its connection, profiles are counts alone',
    }),
    tasks: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        kind: z.enum(taskKinds),
        how: z.enum(['reads', 'lists', 'writes', 'collects']),
      }),
    ),
    upstreamTables: z.array(z.string()).meta({ description: 'Of what its writers read' }),
    downstreamTables: z.array(z.string()).meta({ description: 'What its readers write' }),
  })
  .meta({ id: 'CatalogueTableWithColumns' });

const versionShape = tableVersionSchema.meta({ id: 'CatalogueVersion' });

const choice = z.array(z.string());

export const catalogueRoutes = [
  route({
    method: 'get',
    path: '/api/v1/catalog/search',
    role: 'viewer',
    tags,
    summary: 'Search tables, columns, comments, descriptions, tags and classes',
    description:
      'Every word of `q` has to be the beginning of a word of the table or its columns; of scripts ' +
      'that write no blanks, letters side by side. The best come first: names of tables, then names ' +
      'of columns and tags, then texts.',
    query: z.strictObject({
      q: plainText.meta({ description: 'What is looked for', examples: ['cust mobile'] }),
      limit: numberUpTo(100, 20, 'Most tables in the answer'),
      ...filterQuery,
    }),
    answer: countedListOf(catalogueHitSchema.meta({ id: 'CatalogueHit' })),
    handler: async ({ scheduling, caller, query }) => {
      const { q, limit } = query;
      const { items, more } = await scheduling.catalogue.search(caller, q, filterOf(query), limit);
      // The best are all that there is to it: who wants others asks more exactly.
      return { items, nextPageToken: null, total: { count: items.length, more } };
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/catalog/tables',
    role: 'viewer',
    tags,
    summary: 'List the collected tables in order of their names',
    query: listQuery(filterQuery),
    answer: countedListOf(tableShape),
    handler: ({ scheduling, caller, query }) =>
      scheduling.catalogue.tables(caller, filterOf(query), pageOf(query)),
  }),
  route({
    method: 'get',
    path: '/api/v1/catalog/choices',
    role: 'viewer',
    tags,
    summary: 'List what the catalogue can be narrowed by',
    answer: z.object({
      ...{ connections: choice, schemas: choice, tags: choice, classes: choice, owners: choice },
    }),
    handler: ({ scheduling, caller }) => scheduling.catalogue.choices(caller),
  }),
  route({
    method: 'get',
    path: '/api/v1/catalog/tables/{table}',
    role: 'viewer',
    tags,
    summary: 'Read a collected table with its columns, profile, classes and tasks',
    answer: wholeTableShape,
    errors: ['tableNotFound'],
    handler: ({ scheduling, caller, params }) => scheduling.catalogue.table(caller, params.table),
  }),
  route({
    method: 'patch',
    path: '/api/v1/catalog/tables/{table}',
    role: 'developer',
    tags,
    summary: 'Describe a table and its columns, tag them, or say who owns it',
    description:
      'What is left out stays as it is; null, or an empty list of tags, takes it away. Collections ' +
      'leave all of it alone.',
    body: catalogueEditSchema,
    answer: wholeTableShape,
    errors: ['tableNotFound', 'columnNotFound'],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.catalogue.edit(caller, params.table, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/catalog/tables/{table}/versions',
    role: 'viewer',
    tags,
    summary: 'List the versions of a table, newest first, each with what it changed',
    query: listQuery({}),
    answer: listOf(versionShape),
    errors: ['tableNotFound'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.catalogue.versions(caller, params.table, pageOf(query)),
  }),
  route({
    method: 'get',
    path: '/api/v1/catalog/tables/{table}/versions/{version}',
    role: 'viewer',
    tags,
    summary: 'Read a version of a table, and what is different from another one',
    query: z.strictObject({
      against: versionNumber.optional().meta({
        ...{ type: 'integer', minimum: 1 },
        description: 'Version to compare with; left out: the one before it',
      }),
    }),
    answer: tableVersionSchema
      .extend({ definition: tableDefinitionSchema })
      .meta({ id: 'CatalogueVersionWithDefinition' }),
    errors: ['tableVersionNotFound'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.catalogue.version(
        caller,
        params.table,
        parseInput(versionNumber, params.version, 'path', ['version']),
        query.against ?? null,
      ),
  }),
  route({
    method: 'get',
    path: '/api/v1/catalog/export',
    role: 'viewer',
    tags,
    summary: 'Take the catalogue away as a file',
    description: 'As JSON a table a line, as CSV a line for each column; sent piece by piece.',
    query: z.strictObject({ format: z.enum(['json', 'csv']).default('json'), ...filterQuery }),
    answer: listOf(catalogueTableWithColumnsSchema),
    alsoCsv: true,
    handler: ({ scheduling, caller, query }) =>
      begun(scheduling.catalogue.export(caller, filterOf(query), query.format)),
  }),
];

/** The first piece is made before anything is answered, so that what is wrong can be said. */
async function begun(pieces: AsyncIterable<string>): Promise<AsyncIterable<string>> {
  const reading = pieces[Symbol.asyncIterator]();
  const first = await reading.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* { [Symbol.asyncIterator]: () => reading };
  })();
}
