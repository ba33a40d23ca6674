/** Connections and registered tables. */
import type { Page, PageRequest } from '../../model/page';
import type { GrantSide } from '../../model/people';
import type { ConnectionView, IdMapping, TableView } from '../../model/source';

/** A connection as stored: the secrets are one encrypted text. */
export interface ConnectionRow extends Omit<ConnectionView, 'mayRead' | 'mayWrite'> {
  tenant: string;
  secrets: string | null;
}

export interface SourceStore {
  /** `maker`: the user who gets both grants on it, in the same transaction; null: nobody. */
  createConnection(
    row: {
      tenant: string;
      name: string;
      type: string;
      config: Record<string, unknown>;
      secrets: string | null;
    },
    maker: string | null,
  ): Promise<ConnectionRow | 'taken'>;
  updateConnection(row: {
    tenant: string;
    name: string;
    type: string;
    config: Record<string, unknown>;
    secrets: string | null;
  }): Promise<ConnectionRow | null>;
  findConnection(tenant: string, name: string): Promise<ConnectionRow | null>;
  /** `grantedTo`: only those that this user has been granted to use so. */
  connections(
    tenant: string,
    filter: { type: string | null; grantedTo: { userId: string; side: GrantSide } | null },
    page: PageRequest,
  ): Promise<Page<ConnectionRow>>;
  /** Registered tables of it go too. */
  removeConnection(tenant: string, name: string): Promise<boolean>;
  /** Registers a table or replaces its ID mapping (undefined leaves that alone, null removes it). */
  putTable(
    tenant: string,
    table: { connection: string; schema: string; table: string },
    idMapping: IdMapping | null | undefined,
  ): Promise<TableView>;
  findTable(tenant: string, name: string): Promise<TableView | null>;
  /** Registered tables among `names`. */
  findTables(tenant: string, names: string[]): Promise<TableView[]>;
  tables(
    tenant: string,
    filter: { connection: string | null; search: string | null; withIdMapping: boolean | null },
    page: PageRequest,
  ): Promise<Page<TableView>>;
  removeTable(tenant: string, name: string): Promise<boolean>;
}
