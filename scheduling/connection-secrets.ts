/** The secrets of a connection's settings: apart from the rest, and kept where none are sent. */
import type { Connector } from '../connectors/connector';
import { TablegateError } from '../model/errors';
import { placeOf, type Secrets } from '../store/secrets';
import type { ConnectionRow } from '../store/store';

type Config = Record<string, unknown>;

/** What is secret of settings, and what is not. */
export function splitSecrets(
  { secretFields }: Pick<Connector, 'secretFields'>,
  config: Config,
): [open: Config, secret: Config] {
  const entries = Object.entries(config);
  const isSecret = ([field]: [string, unknown]): boolean => secretFields.includes(field);
  return [
    Object.fromEntries(entries.filter((entry) => !isSecret(entry))),
    Object.fromEntries(entries.filter(isSecret)),
  ];
}

/**
 * Settings with the secrets that are kept for them, where those are not sent again. Secrets are for
 * the server and user that they were given for: they do not go along to another.
 * @param former what is saved; null: nothing yet
 * @throws TablegateError invalidInput naming the secret that has to be given again
 */
export function withKeptSecrets(
  secrets: Pick<Secrets, 'open'>,
  connector: Connector,
  config: Config,
  former: ConnectionRow | null,
): Config {
  if (former === null || former.secrets === null || former.type !== connector.type) return config;
  const kept = secrets.open(placeOf(former), former.secrets) as Config;
  const missing = Object.keys(kept).filter((field) => config[field] === undefined);
  if (missing.length === 0) return config;
  const changed = (connector.secretsFor ?? []).filter(
    (field) => JSON.stringify(config[field]) !== JSON.stringify(former.config[field]),
  );
  if (changed.length > 0) {
    const message = `give it again, as ${changed.join(', ')} changes`;
    throw new TablegateError(
      'invalidInput',
      `The ${missing.join(', ')} of the connection is kept for the server and user that it was given for; ${message}.`,
      { fields: missing.map((field) => ({ path: `config.${field}`, message })) },
    );
  }
  return { ...config, ...Object.fromEntries(missing.map((field) => [field, kept[field]])) };
}
