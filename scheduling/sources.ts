import { z } from 'zod';
import { filesRootsOf } from '../config';
import { connectorOf, listConnectors, openConnection } from '../connectors';
import type { Connection, RowSample } from '../connectors/connector';
import { TablegateError } from '../model/errors';
import type { ColumnSuggestion } from '../model/id-suggestions';
import { grantAllows, type Caller, type Grant, type GrantSide } from '../model/people';
import type { ConnectionInput, ConnectionView, IdMapping, TableView } from '../model/source';
import { formatTableName, parseTableName, type TableName } from '../model/table-name';
import { placeOf } from '../store/secrets';
import type { ConnectionRow } from '../store/store';
import { noteAction } from './audit';
import { changesBetween } from './changes';
import { splitSecrets, withKeptSecrets } from './connection-secrets';
import type { SchedulingDeps } from './deps';
import { refuseFailure, useSource } from './open-source';
import type { ConnectionTypeView, Page, PageRequest, SourceService } from './scheduling';
import { SourceSamples } from './source-samples';

/** The connection that every installation has: where results go unless another is named. */
export const analysisConnection = 'analysis';

export class Sources implements SourceService {
  private readonly samples: SourceSamples;

  constructor(private readonly deps: SchedulingDeps) {
    this.samples = new SourceSamples(deps, (caller, name) => this.row(caller, name));
  }

  async createConnection(caller: Caller, input: ConnectionInput): Promise<ConnectionView> {
    const row = await this.toRow(caller.tenant, input);
    const created = await this.deps.store.sources.createConnection(row, caller.userId);
    if (created === 'taken') {
      const message = `there is a connection ${input.name} already`;
      throw new TablegateError('nameTaken', `There is a connection ${input.name} already.`, {
        fields: [{ path: 'name', message }],
      });
    }
    await this.audit(caller, 'connection.create', input.name);
    return view(created, caller, bothGrants);
  }

  async replaceConnection(
    caller: Caller,
    name: string,
    input: { type: string; config: Record<string, unknown> },
  ): Promise<ConnectionView> {
    const former = await this.row(caller, name);
    const { secrets } = this.deps;
    const config = withKeptSecrets(secrets, connectorOf(input.type), input.config, former);
    const row = await this.toRow(caller.tenant, { name, type: input.type, config });
    const updated = await this.deps.store.sources.updateConnection(row);
    if (!updated) throw noConnection(name);
    // What is secret stands apart from the config.
    const changes = changesBetween(former, updated, ['type', 'config']);
    await this.audit(caller, 'connection.edit', name, { ...changes });
    return this.seenBy(caller, updated);
  }

  types(): ConnectionTypeView[] {
    return listConnectors().map(({ type, capabilities, configSchema, secretFields }) => ({
      ...{ type, capabilities, secretFields },
      configSchema: z.toJSONSchema(configSchema, { io: 'input' }),
    }));
  }

  async connection(caller: Caller, name: string): Promise<ConnectionView> {
    return this.seenBy(caller, await this.row(caller, name));
  }

  async connections(
    caller: Caller,
    { type, grant }: { type: string | null; grant: GrantSide | null },
    page: PageRequest,
  ): Promise<Page<ConnectionView>> {
    const { tenant, userId, role } = caller;
    const { people, sources } = this.deps.store;
    const grantedTo = grant === null || role === 'admin' ? null : { userId, side: grant };
    const [{ items, nextPageToken }, grants] = await Promise.all([
      sources.connections(tenant, { type, grantedTo }, page),
      people.grants(tenant, userId),
    ]);
    const byName = new Map(grants.map((held) => [held.connection, held]));
    return {
      items: items.map((row) => view(row, caller, byName.get(row.name) ?? null)),
      nextPageToken,
    };
  }

  async removeConnection(caller: Caller, name: string): Promise<void> {
    const { store } = this.deps;
    await this.row(caller, name);
    const users = await store.tasks.usersOfConnection(caller.tenant, name);
    if (users.length > 0) throw inUse('connectionInUse', `connection ${name}`, users);
    await store.sources.removeConnection(caller.tenant, name);
    await this.audit(caller, 'connection.remove', name);
  }

  async testConnection(
    caller: Caller,
    name: string,
  ): Promise<{ ok: boolean; message: string | null }> {
    const row = await this.row(caller, name);
    return tried(useSource(this.deps, row, (connection) => connection.test()));
  }

  async testConfig(
    caller: Caller,
    { name, type, config }: Parameters<SourceService['testConfig']>[1],
  ): Promise<{ ok: boolean; message: string | null }> {
    const former = name === undefined ? null : await this.row(caller, name);
    const whole = withKeptSecrets(this.deps.secrets, connectorOf(type), config, former);
    const connection = await this.checked(caller.tenant, { type, config: whole });
    try {
      return await tried(connection.test());
    } finally {
      await connection.close();
    }
  }

  rows(caller: Caller, name: string, table: string, limit: number): Promise<RowSample> {
    return this.samples.rows(caller, name, table, limit);
  }

  suggestions(
    caller: Caller,
    name: string,
    table: string,
  ): Promise<{ columns: ColumnSuggestion[] }> {
    return this.samples.suggestions(caller, name, table);
  }

  async connectionTables(
    caller: Caller,
    name: string,
  ): Promise<{ items: { name: string; registered: boolean }[] }> {
    const row = await this.row(caller, name);
    const refs = await useSource(this.deps, row, (connection) => connection.listTables());
    const names = refs.map((ref) => formatTableName({ connection: name, ...ref }));
    const registered = new Set(
      (await this.deps.store.sources.findTables(caller.tenant, names)).map((table) => table.name),
    );
    return { items: names.map((table) => ({ name: table, registered: registered.has(table) })) };
  }

  tables(
    caller: Caller,
    filter: { connection: string | null; search: string | null; withIdMapping: boolean | null },
    page: PageRequest,
  ): Promise<Page<TableView>> {
    return this.deps.store.sources.tables(caller.tenant, filter, page);
  }

  async table(
    caller: Caller,
    name: string,
  ): Promise<TableView & { columns: { name: string; type: string }[] | null }> {
    const table = await this.deps.store.sources.findTable(caller.tenant, name);
    if (!table) throw noTable(name);
    try {
      return { ...table, columns: await this.columnsOf(caller, partsOf(name)) };
    } catch (error) {
      this.deps.log.debug({ err: error, table: name }, 'the source does not tell its columns');
      return { ...table, columns: null };
    }
  }

  async putTable(caller: Caller, name: string): Promise<TableView> {
    const parts = partsOf(name);
    await this.columnsOf(caller, parts);
    const table = await this.deps.store.sources.putTable(caller.tenant, parts, undefined);
    await this.audit(caller, 'table.register', name);
    return table;
  }

  async putIdMapping(caller: Caller, name: string, mapping: IdMapping): Promise<TableView> {
    const parts = partsOf(name);
    const known = (await this.columnsOf(caller, parts)).map((column) => column.name);
    const fields = mapping.columns.flatMap(({ column }, index) =>
      known.includes(column)
        ? []
        : [
            {
              path: `columns[${index}].column`,
              message: `the table ${name} has no column ${column}; it has ${known.join(', ')}`,
            },
          ],
    );
    if (fields.length > 0) {
      throw new TablegateError('columnNotFound', `T${fields[0]!.message.slice(1)}.`, { fields });
    }
    const { sources } = this.deps.store;
    const before = await sources.findTable(caller.tenant, name);
    const table = await sources.putTable(caller.tenant, parts, mapping);
    const held = { idMapping: before?.idMapping ?? null };
    const detail = changesBetween(held, { idMapping: table.idMapping });
    await this.audit(caller, 'table.idMapping', name, { ...detail });
    return table;
  }

  async removeTable(caller: Caller, name: string): Promise<void> {
    const { store } = this.deps;
    if (!(await store.sources.findTable(caller.tenant, name))) throw noTable(name);
    const users = await store.tasks.usersOfTable(caller.tenant, name);
    if (users.length > 0) throw inUse('tableInUse', `table ${name}`, users);
    await store.sources.removeTable(caller.tenant, name);
    await this.audit(caller, 'table.remove', name);
  }

  private async columnsOf(
    caller: Caller,
    { connection: name, schema, table }: TableName,
  ): Promise<{ name: string; type: string }[]> {
    const row = await this.row(caller, name);
    return useSource(this.deps, row, (connection) => connection.describeTable({ schema, table }));
  }

  private async seenBy(caller: Caller, row: ConnectionRow): Promise<ConnectionView> {
    const { tenant, userId } = caller;
    return view(row, caller, await this.deps.store.people.findGrant(tenant, userId, row.name));
  }

  private async row(caller: Caller, name: string): Promise<ConnectionRow> {
    const row = await this.deps.store.sources.findConnection(caller.tenant, name);
    if (!row) throw noConnection(name);
    return row;
  }

  /** Checks a configuration and puts its secrets under seal. */
  private async toRow(
    tenant: string,
    { name, type, config }: ConnectionInput,
  ): Promise<{
    tenant: string;
    name: string;
    type: string;
    config: Record<string, unknown>;
    secrets: string | null;
  }> {
    const connector = connectorOf(type);
    await (await this.checked(tenant, { type, config })).close();
    const [open, secret] = splitSecrets(connector, config);
    const secrets =
      Object.keys(secret).length === 0
        ? null
        : this.deps.secrets.seal(placeOf({ tenant, name }), secret);
    return { tenant, name, type, config: open, secrets };
  }

  /** Opens what a configuration says, where it can mean something. */
  private async checked(
    tenant: string,
    configured: { type: string; config: Record<string, unknown> },
  ): Promise<Connection> {
    const filesRoots = filesRootsOf(this.deps.settings, tenant);
    const connection = openConnection(configured, { filesRoots });
    await connection.check().catch(refuseFailure);
    return connection;
  }

  private audit(
    caller: Caller,
    action: string,
    name: string,
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    const target = `${action.split('.')[0]}/${name}`;
    return noteAction(this.deps.store, caller, action, target, detail);
  }
}

/** How a try went: what stands in the way is an answer, too. */
async function tried(trying: Promise<void>): Promise<{ ok: boolean; message: string | null }> {
  try {
    await trying;
    return { ok: true, message: null };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

const bothGrants = { read: true, write: true };

/** @param grant what the caller has been granted on it; null: nothing */
function view(
  { name, type, config, createdAt, updatedAt }: ConnectionRow,
  { role }: Caller,
  grant: Pick<Grant, GrantSide> | null,
): ConnectionView {
  const mayRead = grantAllows(role, grant, 'read');
  const mayWrite = grantAllows(role, grant, 'write');
  return { name, type, config, mayRead, mayWrite, createdAt, updatedAt };
}

function partsOf(name: string): TableName {
  const parts = parseTableName(name);
  if (!parts) {
    const message = `"${name}" is not a table's name: connection.schema.table is wanted`;
    throw new TablegateError('invalidInput', `${message}.`, {
      fields: [{ path: 'table', message }],
    });
  }
  return parts;
}

function noConnection(name: string): TablegateError {
  return new TablegateError('connectionNotFound', `There is no connection ${name}.`);
}

function noTable(name: string): TablegateError {
  return new TablegateError('tableNotFound', `The table ${name} is not registered.`);
}

function inUse(
  code: 'connectionInUse' | 'tableInUse',
  what: string,
  users: { id: string; name: string }[],
): TablegateError {
  const names = users.map((user) => `"${user.name}" (${user.id})`).join(', ');
  return new TablegateError(code, `The ${what} is used by ${names}; edit or remove them first.`);
}
