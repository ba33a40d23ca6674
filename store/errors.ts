/** What PostgreSQL and the way to it report, turned into our own errors once, at this edge. */
import { TablegateError } from '../model/errors';

/** Beginnings of SQLSTATE codes under which PostgreSQL cannot serve, and what they mean. */
const unavailableStates: readonly [string, string][] = [
  ['57P03', 'it is starting up'],
  ['53300', 'it has no free connection'],
  ['57014', 'it did not answer in time'],
  ['55P03', 'it did not answer in time'],
  ['25P03', 'it did not answer in time'],
  ['25006', 'it takes no writes'],
  ['42P01', 'its tables are not there; `tablegate migrate` makes them'],
  ['3F000', 'its tables are not there; `tablegate migrate` makes them'],
  ['28', 'it refuses the connection'],
  ['3D', 'it refuses the connection'],
  ['08', 'the connection was lost'],
  ['57P', 'the connection was lost'],
  ['53', 'it has run out of resources'],
  ['58', 'its files cannot be read or written'],
];

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** `pg` gives these no code. */
const lostMessages =
  /^Connection terminated|not queryable|^Cannot use a pool after|^Connection ended/;
const lateMessages =
  /^timeout exceeded when trying to connect|^Query read timeout|^timeout expired/;

/** Code of an error of PostgreSQL (SQLSTATE) or of the network; null where it has none. */
export function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

/**
 * Why PostgreSQL could not serve.
 * @returns a part of a sentence that names no host and no user; null where it did serve, and the
 *   error is about the statement
 */
export function reasonUnavailable(error: unknown): string | null {
  const message = error instanceof Error ? error.message : '';
  if (lateMessages.test(message)) return 'it did not answer in time';
  if (lostMessages.test(message)) return 'the connection was lost';
  const code = codeOf(error);
  if (code === null) return null;
  if (networkCodes.has(code)) return 'it cannot be reached';
  return unavailableStates.find(([start]) => code.startsWith(start))?.[1] ?? null;
}

/** `storeUnavailable` for a caller; what lies behind it goes along, without the password. */
export function storeUnavailable(
  reason: string,
  error: unknown,
  password: string | null,
): TablegateError {
  return new TablegateError(
    'storeUnavailable',
    `The store (PostgreSQL) does not answer: ${reason}. Try again in a moment.`,
    { cause: bareError(error, password) },
  );
}

/**
 * The error with its message and code alone: `pg` hangs clients and connections on its errors,
 * which are no matter for a log.
 */
export function bareError(error: unknown, password: string | null): Error {
  const code = codeOf(error);
  const bare = new Error(hidePassword(messageOf(error), password));
  return code === null ? bare : Object.assign(bare, { code });
}

/** Attempts at several addresses are reported together, with an empty message. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

function hidePassword(text: string, password: string | null): string {
  if (!password) return text;
  return [password, encodeURIComponent(password)].reduce(
    (hidden, secret) => hidden.replaceAll(secret, '***'),
    text,
  );
}

/** True where two transactions got in each other's way and PostgreSQL undid this one. */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/** True where a row of that key exists already: of any key, or of the one of that name. */
export function isTaken(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23505') return false;
  return constraint === undefined || constraintOf(error) === constraint;
}

/** True where the statement named a row of another table that does not exist. */
export function isDangling(error: unknown, constraint: string): boolean {
  return codeOf(error) === '23503' && constraintOf(error) === constraint;
}

function constraintOf(error: unknown): unknown {
  return (error as { constraint?: unknown }).constraint;
}
