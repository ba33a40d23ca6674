/** Errors of any origin as refusals of the catalogue. */
import { TablegateError } from '../../model/errors';
import { unreadableBody } from '../server/broken-bodies';

/** What body-parser and the router say of a request that they do not take. */
interface HttpError {
  status: number;
  type?: string;
  message: string;
  /** Of a body that is too large: what it may have, in bytes. */
  limit?: number;
}

/**
 * @param error whatever was thrown while a request was handled
 * @returns the refusal to answer with; null for an error that nobody expected
 */
export function refusalOf(error: unknown): TablegateError | null {
  if (error instanceof TablegateError) return error;
  if (!isHttpError(error)) return null;
  switch (error.type) {
    case 'entity.parse.failed':
      return new TablegateError('invalidJson', `The body is not JSON: ${error.message}`);
    case 'entity.too.large':
      return new TablegateError(
        'bodyTooLarge',
        `The body may have at most ${mebibytes(error)} MiB`,
      );
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new TablegateError(
        'unsupportedMediaType',
        `The body cannot be read: ${error.message}`,
      );
    case undefined:
      return error instanceof URIError ? malformedPath() : unreadableBody();
    default:
      return unreadableBody();
  }
}

function mebibytes({ limit = 0 }: HttpError): number {
  return Math.floor(limit / 1_048_576);
}

function malformedPath(): TablegateError {
  return new TablegateError(
    'invalidInput',
    'The path is not percent-encoded UTF-8: a % is followed by two hex digits',
  );
}

function isHttpError(error: unknown): error is HttpError {
  if (!(error instanceof Error) || !('status' in error)) return false;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500;
}
