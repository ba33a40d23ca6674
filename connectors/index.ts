/** The kinds of connections there are. */
import { TablegateError } from '../model/errors';
import { parseInput } from '../model/field-errors';
import type { Connection, Connector, ConnectorContext } from './connector';
import type * as Duckdb from './duckdb/connector';
import type * as Fake from './fake/connector';
import type * as Files from './files/connector';
import type * as Mysql from './mysql/connector';
import type * as Postgres from './postgres/connector';

/**
 * The kinds that users have, in the order in which they are offered. Each is loaded when it is first
 * asked for: drivers take their time, and a child process needs one of them.
 */
const kinds: ReadonlyMap<string, () => Connector> = new Map([
  ['files', once(() => (require('./files/connector') as typeof Files).filesConnector)],
  ['duckdb', once(() => (require('./duckdb/connector') as typeof Duckdb).createDuckdbConnector())],
  ['postgres', once(() => (require('./postgres/connector') as typeof Postgres).postgresConnector)],
  ['mysql', once(() => (require('./mysql/connector') as typeof Mysql).mysqlConnector)],
]);

function once(load: () => Connector): () => Connector {
  let loaded: Connector | undefined;
  return () => (loaded ??= load());
}

/** The kinds that users have, in the order in which they are offered. */
export function listConnectors(): Connector[] {
  return [...kinds.values()].map((kind) => kind());
}

/**
 * The code of one kind.
 * @param options.fake also answers for `fake`, which is no kind that users have; for tests
 * @throws TablegateError invalidInput listing the kinds
 */
export function connectorOf(type: string, options: { fake?: boolean } = {}): Connector {
  if (options.fake && type === 'fake')
    return (require('./fake/connector') as typeof Fake).fakeConnector;
  const connector = kinds.get(type)?.();
  if (!connector) {
    const types = [...kinds.keys()].join(', ');
    const detail = `There is no kind of connection "${type}"; there are ${types}.`;
    throw new TablegateError('invalidInput', detail, {
      fields: [{ path: 'type', message: detail }],
    });
  }
  return connector;
}

/**
 * Opens a configured connection.
 * @throws TablegateError invalidInput naming the fields of a config that is not valid
 */
export function openConnection(
  configured: { type: string; config: unknown },
  context: ConnectorContext,
  options: { fake?: boolean } = {},
): Connection {
  const connector = connectorOf(configured.type, options);
  const config = parseInput(connector.configSchema, configured.config, 'connection', ['config']);
  return connector.connect(config, context);
}
