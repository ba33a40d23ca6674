/** The kinds of connections there are. */
import { TablegateError } from '../model/errors';
import { parseInput } from '../model/field-errors';
import type { Connection, Connector, ConnectorContext } from './connector';
import { createDuckdbConnector } from './duckdb/connector';
import { fakeConnector } from './fake/connector';
import { filesConnector } from './files/connector';
import { mysqlConnector } from './mysql/connector';
import { postgresConnector } from './postgres/connector';

const connectors: Connector[] = [
  filesConnector,
  createDuckdbConnector(),
  postgresConnector,
  mysqlConnector,
];

/** The kinds that users have, in the order in which they are offered. */
export function listConnectors(): Connector[] {
  return connectors;
}

/**
 * The code of one kind.
 * @param options.fake also answers for `fake`, which is no kind that users have; for tests
 * @throws TablegateError invalidInput listing the kinds
 */
export function connectorOf(type: string, options: { fake?: boolean } = {}): Connector {
  const known = options.fake ? [...connectors, fakeConnector] : connectors;
  const connector = known.find((candidate) => candidate.type === type);
  if (!connector) {
    const types = connectors.map((candidate) => candidate.type).join(', ');
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
