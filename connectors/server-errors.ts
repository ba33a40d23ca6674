/** What happens on the way to a database server, in words that name it; the same for every kind. */
import { TablegateError } from '../model/errors';
import { ConnectorError, OutdatedError, SupersededError } from './connector';
import { messageOf } from './message-of';
import { serverOf, type ServerConfig } from './server-config';

/** A sentence's end, and whether a retry can help. */
export interface Reason {
  text: string;
  retryable: boolean;
}

const later = (text: string): Reason => ({ text, retryable: true });
const never = (text: string): Reason => ({ text, retryable: false });

/** By the codes of Node's network and TLS. */
const reasons: Record<string, Reason> = {
  ECONNREFUSED: later('refuses connections: nothing listens there'),
  ECONNRESET: later('has cut the connection'),
  EPIPE: later('has cut the connection'),
  PROTOCOL_CONNECTION_LOST: later('has cut the connection'),
  ETIMEDOUT: later('does not answer'),
  EHOSTUNREACH: later('cannot be reached'),
  ENETUNREACH: later('cannot be reached'),
  EHOSTDOWN: later('cannot be reached'),
  EAI_AGAIN: later('is not found: the name service does not answer'),
  ENOTFOUND: never('is not found: there is no host of that name'),
  HANDSHAKE_NO_SSL_SUPPORT: never('offers no encryption; set ssl to off, or set it up there'),
  CERT_HAS_EXPIRED: never('shows a certificate that has expired'),
  ERR_TLS_CERT_ALTNAME_INVALID: never('shows a certificate for another host'),
  HANDSHAKE_SSL_ERROR: never('cannot agree on an encryption'),
};

/** Any other code of a certificate that does not lead to one that is trusted. */
const untrusted = /CERT|SIGNATURE|SELF_SIGNED|UNABLE_TO_/;

/** What TLS says of certificates where a driver has put a code of its own in place of Node's. */
const wordsOfTls: [RegExp, string][] = [
  [/does not match certificate/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/self.signed|unable to (get|verify)/, 'SELF_SIGNED_CERT_IN_CHAIN'],
];

/** What Node says about the way to a server; null where it is nothing of the way. */
export function networkReason(error: unknown): Reason | null {
  const given = String((error as { code?: unknown } | null)?.code ?? '');
  const words = given === 'HANDSHAKE_SSL_ERROR' ? messageOf(error) : '';
  const code = wordsOfTls.find(([pattern]) => pattern.test(words))?.[1] ?? given;
  const known = reasons[code];
  if (known) return known;
  if (code.startsWith('ERR_SSL') || code === 'EPROTO')
    return never('cannot agree on an encryption');
  if (!untrusted.test(code)) return null;
  return never('shows a certificate of an authority that is not known: give it as sslCa');
}

/** True for what is told in our words already. */
export function isOurs(error: unknown): error is Error {
  const ours = [TablegateError, ConnectorError, SupersededError, OutdatedError];
  return ours.some((kind) => error instanceof kind);
}

/** What a vendor threw without all that it carries along: statements hold values of rows. */
export function bareCause(error: unknown, password: string): Error {
  const { code } = (error ?? {}) as { code?: unknown };
  const cause = new Error(withoutSecret(messageOf(error), password));
  if (typeof code === 'string') Object.assign(cause, { code });
  return cause;
}

/** No server repeats a password; one that does must not bring it into a record. */
export function withoutSecret(text: string, password: string): string {
  return password.length < 4 ? text : text.replaceAll(password, '***');
}

/** A sentence that begins with the server. */
export function serverError(
  kind: string,
  config: ServerConfig,
  { text, retryable }: Reason,
  error: unknown,
): ConnectorError {
  const sentence = withoutSecret(`${kind} at ${serverOf(config)} ${text}.`, config.password);
  return new ConnectorError(sentence, { cause: bareCause(error, config.password), retryable });
}
