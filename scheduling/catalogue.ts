/** The catalogue as callers see it: what was collected, what people say of it, and what hangs on it. */
import {
  catalogueTableSchema,
  withoutValuesOf,
  type CatalogueEdit,
  type CatalogueFilter,
  type CatalogueHit,
  type CatalogueTable,
  type CatalogueTableWithColumns,
  type TableVersion,
} from '../model/catalogue/catalogue';
import type { TableDefinition } from '../model/catalogue/collected';
import { exportedCsv, exportedJson } from '../model/catalogue/export';
import { answers, isNamed, searchQueryOf } from '../model/catalogue/search-terms';
import { TablegateError } from '../model/errors';
import type { LineageTask } from '../model/lineage';
import type { CountedPage, Page, PageRequest } from '../model/page';
import { grantAllows, type Caller } from '../model/people';
import type { CatalogueChoices } from '../store/store';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import type { CatalogueService, CatalogueTableRead, TableTask } from './scheduling';

/** Columns of a hit that are shown as those that answer. */
const mostMatching = 10;
/** Versions of one answer, however many were asked for: each comes with its whole definition. */
const mostVersions = 100;

export class Catalogue implements CatalogueService {
  constructor(private readonly deps: Pick<SchedulingDeps, 'store'>) {}

  async search(
    { tenant }: Caller,
    question: string,
    filter: CatalogueFilter,
    limit: number,
  ): Promise<{ items: CatalogueHit[]; more: boolean }> {
    const query = searchQueryOf(question);
    if (query === null) return { items: [], more: false };
    const found = await this.deps.store.catalogue.search(tenant, query, filter, limit);
    return { ...found, items: found.items.map((table) => hitOf(table, question)) };
  }

  tables(
    { tenant }: Caller,
    filter: CatalogueFilter,
    page: PageRequest,
  ): Promise<CountedPage<CatalogueTable>> {
    return this.deps.store.catalogue.tables(tenant, filter, page);
  }

  choices({ tenant }: Caller): Promise<CatalogueChoices> {
    return this.deps.store.catalogue.choices(tenant);
  }

  async table(caller: Caller, name: string): Promise<CatalogueTableRead> {
    const table = await this.deps.store.catalogue.table(caller.tenant, name);
    if (table === null) throw noTable(name);
    return this.withTasks(caller, table);
  }

  async versions({ tenant }: Caller, name: string, page: PageRequest): Promise<Page<TableVersion>> {
    const { store } = this.deps;
    const pageSize = Math.min(page.pageSize, mostVersions);
    const found = await store.catalogue.versions(tenant, name, { ...page, pageSize });
    if (found.items.length === 0 && page.pageToken === null) throw noTable(name);
    return found;
  }

  async version(
    { tenant }: Caller,
    name: string,
    version: number,
    against: number | null,
  ): Promise<TableVersion & { definition: TableDefinition }> {
    const found = await this.deps.store.catalogue.version(tenant, name, version, against);
    if (found !== null) return found;
    const which = against === null ? `version ${version}` : `version ${version} or ${against}`;
    throw new TablegateError('tableVersionNotFound', `The catalogue has no ${which} of ${name}.`);
  }

  async edit(caller: Caller, name: string, edit: CatalogueEdit): Promise<CatalogueTableRead> {
    const table = await this.deps.store.catalogue.edit(caller.tenant, name, edit);
    if (table === null) throw noTable(name);
    await noteAction(this.deps.store, caller, 'catalogue.edit', `catalogue/${name}`, {
      fields: Object.keys(edit),
    });
    return this.withTasks(caller, table);
  }

  export(caller: Caller, filter: CatalogueFilter, format: 'json' | 'csv') {
    const slices = this.seenBy(caller, this.deps.store.catalogue.all(caller.tenant, filter));
    return format === 'csv' ? exportedCsv(slices) : exportedJson(slices);
  }

  /** From which connections the caller may read, asked once. */
  private async readable({
    tenant,
    userId,
    role,
  }: Caller): Promise<(connection: string) => boolean> {
    const held = role === 'admin' ? [] : await this.deps.store.people.grants(tenant, userId);
    const grants = new Map(held.map((grant) => [grant.connection, grant]));
    return (connection) => grantAllows(role, grants.get(connection) ?? null, 'read');
  }

  private async *seenBy(
    caller: Caller,
    slices: AsyncIterable<CatalogueTableWithColumns[]>,
  ): AsyncIterable<CatalogueTableWithColumns[]> {
    const mayRead = await this.readable(caller);
    for await (const tables of slices) {
      yield tables.map((table) => (mayRead(table.connection) ? table : withoutValuesOf(table)));
    }
  }

  private async withTasks(
    caller: Caller,
    table: CatalogueTableWithColumns,
  ): Promise<CatalogueTableRead> {
    const { tenant } = caller;
    const { tasks } = this.deps.store;
    const { name } = table;
    const mayRead = (await this.readable(caller))(table.connection);
    const after = await tasks.tasksOfTable(tenant, name);
    const before = await tasks.upstreamOf(tenant, { dependsOn: [], reads: [name] });
    const others = (names: string[]) =>
      [...new Set(names)].filter((one) => one !== name).toSorted();
    return {
      ...(mayRead ? table : withoutValuesOf(table)),
      mayRead,
      tasks: [
        ...before.map((task) => taskOf(task, 'writes')),
        ...after.map((task) => taskOf(task, task.reads.includes(name) ? 'reads' : 'lists')),
        ...(await this.collector(tenant, name)),
      ],
      upstreamTables: others(before.flatMap((task) => [...task.reads, ...task.lists])),
      downstreamTables: others(after.flatMap((task) => task.writes)),
    };
  }

  /** The task that has collected its latest version, where it is still there. */
  private async collector(tenant: string, name: string): Promise<TableTask[]> {
    const { catalogue, tasks } = this.deps.store;
    const newest = await catalogue.versions(tenant, name, { pageSize: 1, pageToken: null });
    const taskId = newest.items[0]?.taskId ?? null;
    const task = taskId === null ? null : await tasks.find(tenant, taskId);
    return task === null ? [] : [taskOf(task, 'collects')];
  }
}

function taskOf(
  { id, name, kind }: Pick<LineageTask, 'id' | 'name' | 'kind'>,
  how: TableTask['how'],
): TableTask {
  return { id, name, kind, how };
}

/** With the columns that answer the question, those of that very name first; where the table's own name does, they come by the way. */
function hitOf(table: CatalogueTableWithColumns, question: string): CatalogueHit {
  const answering = table.columns.filter((column) => {
    const classes = column.classes.map((one) => one.class);
    const said = [column.name, column.comment, column.description, ...column.tags, ...classes];
    return answers(said.filter((text) => text !== null).join(' '), question);
  });
  const isAsked = ({ name }: (typeof answering)[number]) => Number(isNamed(name, question));
  const matching = answering.toSorted((one, other) => isAsked(other) - isAsked(one));
  return {
    // Without what only the page of the table shows.
    ...catalogueTableSchema.parse(table),
    matchingColumns: matching
      .slice(0, mostMatching)
      .map(({ name, type, comment, description }) => ({ name, type, comment, description })),
  };
}

function noTable(name: string): TablegateError {
  return new TablegateError(
    'tableNotFound',
    `The catalogue has no table ${name}; collect its connection, or look it up with GET /api/v1/catalog/search?q=.`,
  );
}
