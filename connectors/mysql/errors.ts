/** What MySQL and MariaDB say, in one sentence that names the server. */
import type { TableRef } from '../connector';
import { messageOf } from '../message-of';
import { serverOf } from '../server-config';
import { isOurs, networkReason, serverError, type Reason } from '../server-errors';
import type { MysqlConfig } from './config';

/** Numbers of errors that waiting can help with: locks, a server that stops, too many of something. */
const canPass = new Set([
  1040, 1042, 1053, 1077, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1205, 1213, 1226, 1927, 2006,
  2013, 3572,
]);

function reasonOf(config: MysqlConfig, error: unknown): Reason {
  const { errno } = (error ?? {}) as { errno?: unknown };
  const number = typeof errno === 'number' ? errno : 0;
  const message = messageOf(error).split('\n', 1)[0]!.replace(/\.$/, '');
  const retryable = canPass.has(number);
  switch (number) {
    case 1045:
    case 1698:
      return { text: `refuses the user ${config.user} or the password: ${message}`, retryable };
    case 1049:
      return { text: `has no such database: ${message}`, retryable };
    case 1044:
    case 1142:
    case 1143:
    case 1227:
    case 1370:
      return { text: `does not allow this to the user ${config.user}: ${message}`, retryable };
    case 1040:
    case 1203:
    case 1226:
      return { text: 'takes no more connections', retryable };
    case 1021:
    case 1114:
      return { text: `has no room left: ${message}`, retryable };
    case 1205:
      return { text: 'has a table of this locked for too long by others', retryable };
    case 1290:
    case 1792:
    case 1836:
      return { text: `takes no writes: ${message}`, retryable };
    case 1317:
    case 1969:
    case 3024:
      return { text: `has broken it off: ${message}`, retryable };
  }
  return { text: `says: ${message}`, retryable };
}

/** Anything that was thrown, as ConnectorError unless it is ours already. */
export function mysqlError(config: MysqlConfig, error: unknown): Error {
  if (isOurs(error)) return error;
  const reason = networkReason(error) ?? reasonOf(config, error);
  return serverError('MySQL', config, reason, error);
}

/** The table as sentences name it. */
export function placeOf(config: MysqlConfig, { schema, table }: TableRef): string {
  return `${schema}.${table} at ${serverOf(config)}`;
}
