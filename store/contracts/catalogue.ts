/** What collections brought back, and what people added to it. */
import type {
  CatalogueEdit,
  CatalogueFilter,
  CatalogueTable,
  CatalogueTableWithColumns,
  TableVersion,
} from '../../model/catalogue/catalogue';
import type { ColumnClassification } from '../../model/catalogue/classify-schema';
import type {
  CollectedTable,
  TableDefinition,
  TableOutline,
} from '../../model/catalogue/collected';
import type { AlivePolicy, CollectedOutcome, DeletedPolicy } from '../../model/catalogue/policies';
import type { TableProfile } from '../../model/catalogue/profile';
import type { SearchQuery } from '../../model/catalogue/search-terms';
import type { CountedPage, Page, PageRequest } from '../../model/page';

/** Which collection writes. */
export interface Collection {
  tenant: string;
  connection: string;
  taskId: string;
  runId: string;
}

export interface CatalogueStore {
  /**
   * Writes some of the tables that a collection has found, in one transaction of few statements:
   * a new version of what has changed, and the facts of what has not. What people have added stays.
   * @returns what became of each, by its name
   */
  collect(
    collection: Collection,
    tables: readonly CollectedTable[],
    policy: AlivePolicy,
  ): Promise<Map<string, CollectedOutcome>>;
  /** Tables of a connection that are there as far as the catalogue knows, without those in `seen`. */
  unseen(
    tenant: string,
    connection: string,
    seen: readonly string[],
  ): Promise<{ name: string; schema: string; table: string }[]>;
  /** Does with tables that are gone what the policy says. How many it concerned. */
  settleGone(
    collection: Collection,
    names: readonly string[],
    policy: DeletedPolicy,
  ): Promise<number>;
  /** Keeps what the values of tables are like; null leaves what is kept. Unknown tables are left out. */
  keepProfiles(tenant: string, profiles: readonly TableInsight[]): Promise<void>;
  /** The best first; at most so many. `more`: there are others. */
  search(
    tenant: string,
    question: SearchQuery,
    filter: CatalogueFilter,
    limit: number,
  ): Promise<{ items: CatalogueTableWithColumns[]; more: boolean }>;
  /** In order of their names. */
  tables(
    tenant: string,
    filter: CatalogueFilter,
    page: PageRequest,
  ): Promise<CountedPage<CatalogueTable>>;
  table(tenant: string, name: string): Promise<CatalogueTableWithColumns | null>;
  /** Those of the named ones that there are, in that order, without what was said and seen of them. */
  outlines(tenant: string, names: readonly string[]): Promise<TableOutline[]>;
  /** Newest first, each with what it changed. */
  versions(tenant: string, name: string, page: PageRequest): Promise<Page<TableVersion>>;
  /**
   * One version with its definition.
   * @param against the version that it is compared with; null: the one before it
   */
  version(
    tenant: string,
    name: string,
    version: number,
    against: number | null,
  ): Promise<(TableVersion & { definition: TableDefinition }) | null>;
  /**
   * Changes what people say of a table.
   * @returns null where there is no such table; `columnNotFound` where it has no such column
   */
  edit(
    tenant: string,
    name: string,
    edit: CatalogueEdit,
  ): Promise<CatalogueTableWithColumns | null>;
  /** All tables in order of their names, some at a time: memory stays flat. */
  all(tenant: string, filter: CatalogueFilter): AsyncIterable<CatalogueTableWithColumns[]>;
  /** What there is to choose from; each list in order, at most 1,000 of each. */
  choices(tenant: string): Promise<CatalogueChoices>;
  /** Whether the table is there, as far as the catalogue knows. */
  knows(tenant: string, name: string): Promise<boolean>;
}

/** What the values of a table are like. */
export interface TableInsight {
  name: string;
  profile: TableProfile | null;
  /** By the names of the columns. */
  classes: Record<string, ColumnClassification[]> | null;
}

export interface CatalogueChoices {
  connections: string[];
  schemas: string[];
  tags: string[];
  classes: string[];
  owners: string[];
}
