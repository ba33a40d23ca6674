/** The kinds of connections there are. */
import { TablegateError } from '../model/errors';
import type { Connection, Connector, ConnectorContext } from './connector';
import { createDuckdbConnector } from './duckdb/connector';
import { fakeConnector } from './fake/connector';
import { filesConnector } from './files/connector';

const connectors: Connector[] = [filesConnector, createDuckdbConnector()];

/** Types that users can configure. */
export const connectorTypes: readonly string[] = connectors.map((connector) => connector.type);

/**
 * The code of one kind.
 * @param options.fake also answers for `fake`, which is no kind that users have; for tests
 * @throws TablegateError invalidInput listing the kinds
 */
export function connectorOf(type: string, options: { fake?: boolean } = {}): Connector {
  const known = options.fake ? [...connectors, fakeConnector] : connectors;
  const connector = known.find((candidate) => candidate.type === type);
  if (!connector) {
    const detail = `There is no kind of connection "${type}"; there are ${connectorTypes.join(', ')}.`;
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
  const parsed = connector.configSchema.safeParse(configured.config);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => ({
      path: ['config', ...issue.path].join('.'),
      message: issue.message,
    }));
    const detail = fields.map((field) => `${field.path}: ${field.message}`).join('; ');
    throw new TablegateError('invalidInput', `The connection is not valid: ${detail}.`, { fields });
  }
  return connector.connect(parsed.data, context);
}
