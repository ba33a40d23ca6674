import { z } from 'zod';
import type { AuditEntry, Caller } from '../../model/people';
import type { AuditFilter, Scheduling } from '../../scheduling/scheduling';
import { csvOf } from '../csv';
import { listOf, listQuery, pageOf, plainText, spanOf, spanQuery } from './fields';
import { route } from './route';
import { auditEntryShape } from './shapes';

const tags = ['Audit'];

const filters = {
  target: plainText.optional().meta({
    description: 'The thing, as in `task/3f2a…`, or its kind, as in `task`',
  }),
  actor: plainText.optional().meta({ description: 'Name of who did it' }),
  action: plainText.optional().meta({
    description: 'The action, as in `task.edit`, or its kind, as in `task`',
  }),
  ...spanQuery('when it was done'),
};
const filterQuery = z.strictObject(filters);

function filterOf(query: z.output<typeof filterQuery>): AuditFilter {
  const { target, actor, action } = query;
  return {
    ...{ target: target || null, actor: actor || null, action: action || null },
    ...spanOf(query),
  };
}

const whole = 'All lines that fit, newest first, however many: the answer comes in parts.';

export const auditRoutes = [
  route({
    method: 'get',
    path: '/api/v1/audit',
    role: 'admin',
    tags,
    summary: 'List who did what to which thing, newest first',
    description:
      'Edits have in `detail` what was changed: the fields that differ, `before` and `after`.',
    query: listQuery(filters),
    answer: listOf(auditEntryShape),
    handler: ({ scheduling, caller, query }) =>
      scheduling.people.audit(caller, filterOf(query), pageOf(query)),
  }),
  route({
    method: 'get',
    path: '/api/v1/audit.csv',
    role: 'admin',
    tags,
    summary: 'Export the audit as CSV',
    description: whole,
    query: filterQuery,
    mediaType: 'text/csv',
    answer: z.string(),
    handler: async ({ scheduling, caller, query }) =>
      csvParts(await pagesOf(scheduling, caller, filterOf(query))),
  }),
  route({
    method: 'get',
    path: '/api/v1/audit.json',
    role: 'admin',
    tags,
    summary: 'Export the audit as JSON',
    description: whole,
    query: filterQuery,
    answer: z.array(auditEntryShape),
    handler: async ({ scheduling, caller, query }) =>
      jsonParts(await pagesOf(scheduling, caller, filterOf(query))),
  }),
];

/** The first page is read before anything is answered, so that what is wrong can be said. */
async function pagesOf(
  { people }: Pick<Scheduling, 'people'>,
  caller: Caller,
  filter: AuditFilter,
): Promise<AsyncIterable<AuditEntry[]>> {
  const read = (pageToken: string | null) =>
    people.audit(caller, filter, { pageSize: 1000, pageToken });
  const first = await read(null);
  return (async function* () {
    for (let page = first; ; page = await read(page.nextPageToken)) {
      yield page.items;
      if (page.nextPageToken === null) return;
    }
  })();
}

const columns = ['at', 'actor', 'action', 'target', 'before', 'after', 'detail'] as const;

async function* csvParts(pages: AsyncIterable<AuditEntry[]>): AsyncGenerator<string> {
  yield csvOf([columns]);
  for await (const entries of pages) {
    yield csvOf(
      entries.map(({ at, actor, action, target, detail: { before, after, ...rest } }) => {
        return [at, actor, action, target, jsonOf(before), jsonOf(after), jsonOf(rest)];
      }),
    );
  }
}

function jsonOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

async function* jsonParts(pages: AsyncIterable<AuditEntry[]>): AsyncGenerator<string> {
  let joint = '[';
  for await (const entries of pages) {
    for (const entry of entries) {
      yield `${joint}\n${JSON.stringify(entry)}`;
      joint = ',';
    }
  }
  yield joint === '[' ? '[]\n' : '\n]\n';
}
