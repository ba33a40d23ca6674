/** What DuckDB says about a database file, in one sentence that names the file. */
import { TablegateError } from '../../model/errors';
import { ConnectorError, OutdatedError, SupersededError } from '../connector';
import { messageOf } from '../message-of';

/** True when another process has the file open in a way that keeps us out. */
export function isHeldElsewhere(error: unknown): boolean {
  return messageOf(error).includes('Could not set lock on file');
}

/** @param waitedMs how long the file was waited for */
export function heldError(fileName: string, waitedMs: number, error: unknown): ConnectorError {
  const holder = /held in (.+? \(PID \d+\))/.exec(messageOf(error))?.[1];
  const by = holder === undefined ? 'another process' : holder;
  const seconds = Math.round(waitedMs / 1000);
  return new ConnectorError(`${fileName} is held open by ${by}; waited ${seconds} s for it.`, {
    cause: error,
    retryable: true,
  });
}

/** @param waitedMs how long the other uses of this process were waited for */
export function busyError(fileName: string, waitedMs: number): ConnectorError {
  const seconds = Math.round(waitedMs / 1000);
  return new ConnectorError(
    `${fileName} is in use by other calls of this process; waited ${seconds} s for it.`,
    { retryable: true },
  );
}

const viewRefused = (fileName: string, message: string) =>
  `${fileName} holds a view over files outside the allowed folders: ${message}`;

/** Of a session in which SQL of a script runs. */
export const scriptRefused = (fileName: string, message: string) =>
  `SQL of a script reads and writes nothing but ${fileName} itself; a connection of kind files reads other files: ${message}`;

/**
 * Everything else that DuckDB throws about a file or a table in it.
 * @param refused what is told of a file that may not be touched
 */
export function duckdbError(fileName: string, error: unknown, refused = viewRefused): Error {
  const known = [TablegateError, ConnectorError, SupersededError, OutdatedError];
  if (known.some((kind) => error instanceof kind)) return error as Error;
  const message = messageOf(error);
  const [firstLine = ''] = message.split('\n', 1);
  let sentence = `${fileName}: ${firstLine}`;
  if (message.includes('No space left on device')) {
    sentence = `${fileName} does not fit: the disk is full.`;
  } else if (message.includes('not a valid DuckDB database')) {
    sentence = `${fileName} is not a DuckDB database.`;
  } else if (message.startsWith('Permission Error')) {
    sentence = refused(fileName, firstLine);
  } else if (/is of type View/.test(message)) {
    sentence = `${fileName}: the result cannot replace a view; drop it or name another output.`;
  }
  return new ConnectorError(sentence, { cause: error });
}
