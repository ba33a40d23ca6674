/** Connections and registered tables. */
import type { ConnectorCapabilities, RowSample } from '../../connectors/connector';
import type { ColumnSuggestion } from '../../model/id-suggestions';
import type { Page, PageRequest } from '../../model/page';
import type { Caller, GrantSide } from '../../model/people';
import type { ConnectionInput, ConnectionView, IdMapping, TableView } from '../../model/source';

export interface ConnectionTypeView {
  type: string;
  capabilities: ConnectorCapabilities;
  /** JSON Schema of the settings. */
  configSchema: Record<string, unknown>;
  secretFields: string[];
}

export interface SourceService {
  /** The kinds of connections that there are. */
  types(): ConnectionTypeView[];
  createConnection(caller: Caller, input: ConnectionInput): Promise<ConnectionView>;
  replaceConnection(
    caller: Caller,
    name: string,
    input: { type: string; config: Record<string, unknown> },
  ): Promise<ConnectionView>;
  connection(caller: Caller, name: string): Promise<ConnectionView>;
  /** `grant`: only those that the caller may use so. */
  connections(
    caller: Caller,
    filter: { type: string | null; grant: GrantSide | null },
    page: PageRequest,
  ): Promise<Page<ConnectionView>>;
  removeConnection(caller: Caller, name: string): Promise<void>;
  testConnection(caller: Caller, name: string): Promise<{ ok: boolean; message: string | null }>;
  /**
   * Tries a configuration that is not saved; what could not be saved is refused as it would be then.
   * @param input.name of a saved connection, whose secrets are used where none are sent
   */
  testConfig(
    caller: Caller,
    input: Omit<ConnectionInput, 'name'> & { name?: string | undefined },
  ): Promise<{ ok: boolean; message: string | null }>;
  /** The first rows of a table of the source, registered or not; noted in the audit. */
  rows(caller: Caller, name: string, table: string, limit: number): Promise<RowSample>;
  /** Which columns of such a table look like IDs. */
  suggestions(
    caller: Caller,
    name: string,
    table: string,
  ): Promise<{ columns: ColumnSuggestion[] }>;
  /** All tables of the source, registered or not. */
  connectionTables(
    caller: Caller,
    name: string,
  ): Promise<{ items: { name: string; registered: boolean }[] }>;
  tables(
    caller: Caller,
    filter: { connection: string | null; search: string | null; withIdMapping: boolean | null },
    page: PageRequest,
  ): Promise<Page<TableView>>;
  table(
    caller: Caller,
    name: string,
  ): Promise<TableView & { columns: { name: string; type: string }[] | null }>;
  /** Registers the table (the source must have it). */
  putTable(caller: Caller, name: string): Promise<TableView>;
  /** Registers the table if need be and sets its ID mapping; every column must exist. */
  putIdMapping(caller: Caller, name: string, mapping: IdMapping): Promise<TableView>;
  removeTable(caller: Caller, name: string): Promise<void>;
}
