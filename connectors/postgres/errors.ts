/** What PostgreSQL says, in one sentence that names the server. */
import type { TableRef } from '../connector';
import { messageOf } from '../message-of';
import { serverOf } from '../server-config';
import { isOurs, networkReason, serverError, type Reason } from '../server-errors';
import type { PostgresConfig } from './config';

/** What `pg` says without a code when the way to the server is cut or takes too long. */
const ofTheWay: [RegExp, Reason][] = [
  [
    /Connection terminated due to connection timeout|timeout expired|timeout exceeded when/,
    { text: 'does not answer', retryable: true },
  ],
  [
    /Connection terminated|Client has encountered a connection error/,
    { text: 'has cut the connection', retryable: true },
  ],
  [
    /does not support SSL/,
    { text: 'offers no encryption; set ssl to off, or set it up there', retryable: false },
  ],
  [/SASL|SCRAM/, { text: 'refuses the user name or the password', retryable: false }],
];

function reasonOf(config: PostgresConfig, error: unknown): Reason {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const message = messageOf(error).split('\n', 1)[0]!.replace(/\.$/, '');
  const retryable = canPass(code);
  switch (code) {
    case '28P01':
    case '28000':
      return { text: `refuses the user ${config.user} or the password: ${message}`, retryable };
    case '3D000':
      return { text: `has no database ${config.database}`, retryable };
    case '42501':
      return { text: `does not allow this to the user ${config.user}: ${message}`, retryable };
    case '53300':
      return { text: 'takes no more connections', retryable };
    case '53100':
      return { text: `has no room left: ${message}`, retryable };
    case '55P03':
      return { text: 'has a table of this locked for too long by others', retryable };
    case '57014':
      return { text: `has broken it off: ${message}`, retryable };
    case '25006':
      return { text: `takes no writes: ${message}`, retryable };
  }
  const way = ofTheWay.find(([pattern]) => pattern.test(message))?.[1];
  return way ?? { text: `says: ${message}`, retryable };
}

/**
 * Whether waiting can help, by SQLSTATE: a connection that broke, a server that stops or starts,
 * too many of something, another transaction in the way. Statements that took too long do so again.
 */
function canPass(code: string): boolean {
  if (code === '53100') return false;
  return /^(08|40|53|57P|58)/.test(code) || code === '55P03' || code === '55006';
}

/** Anything that was thrown, as ConnectorError unless it is ours already. */
export function postgresError(config: PostgresConfig, error: unknown): Error {
  if (isOurs(error)) return error;
  const reason = networkReason(error) ?? reasonOf(config, error);
  return serverError('PostgreSQL', config, reason, error);
}

/** The table as sentences name it. */
export function placeOf(config: PostgresConfig, { schema, table }: TableRef): string {
  return `${schema}.${table} in ${databaseOf(config)}`;
}

/** The database as sentences name it. */
export function databaseOf(config: PostgresConfig): string {
  return `${config.database} at ${serverOf(config)}`;
}
