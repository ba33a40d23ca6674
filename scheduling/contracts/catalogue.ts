/** The data catalogue. */
import type {
  CatalogueEdit,
  CatalogueFilter,
  CatalogueHit,
  CatalogueTable,
  CatalogueTableWithColumns,
  TableVersion,
} from '../../model/catalogue/catalogue';
import type { TableDefinition } from '../../model/catalogue/collected';
import type { CountedPage, Page, PageRequest } from '../../model/page';
import type { Caller } from '../../model/people';
import type { TaskKind } from '../../model/task';
import type { CatalogueChoices } from '../../store/store';

/** A task that has to do with a table; `collects`: it has found the latest version. */
export interface TableTask {
  id: string;
  name: string;
  kind: TaskKind;
  how: 'reads' | 'lists' | 'writes' | 'collects';
}

export interface CatalogueTableRead extends CatalogueTableWithColumns {
  /** Whether the caller may read from its connection: without it no value is told, only counts. */
  mayRead: boolean;
  tasks: TableTask[];
  /** Tables that the tasks read or list which write this one. */
  upstreamTables: string[];
  /** Tables that the tasks write which read or list this one. */
  downstreamTables: string[];
}

export interface CatalogueService {
  /** The best first. `more`: there are others. A question without a word finds nothing. */
  search(
    caller: Caller,
    question: string,
    filter: CatalogueFilter,
    limit: number,
  ): Promise<{ items: CatalogueHit[]; more: boolean }>;
  tables(
    caller: Caller,
    filter: CatalogueFilter,
    page: PageRequest,
  ): Promise<CountedPage<CatalogueTable>>;
  /** What lists can be narrowed by. */
  choices(caller: Caller): Promise<CatalogueChoices>;
  /** @throws TablegateError tableNotFound, as the others do that name a table */
  table(caller: Caller, name: string): Promise<CatalogueTableRead>;
  versions(caller: Caller, name: string, page: PageRequest): Promise<Page<TableVersion>>;
  /**
   * @param against version that it is compared with; null: the one before it
   * @throws TablegateError tableVersionNotFound
   */
  version(
    caller: Caller,
    name: string,
    version: number,
    against: number | null,
  ): Promise<TableVersion & { definition: TableDefinition }>;
  /** @throws TablegateError columnNotFound */
  edit(caller: Caller, name: string, edit: CatalogueEdit): Promise<CatalogueTableRead>;
  /** All of it, piece by piece. */
  export(caller: Caller, filter: CatalogueFilter, format: 'json' | 'csv'): AsyncIterable<string>;
}
