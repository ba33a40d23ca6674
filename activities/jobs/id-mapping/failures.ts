/** What went wrong with a table or the output, in one sentence that names it. */
import { ConnectorError, OutdatedError, SupersededError } from '../../../connectors/connector';
import { messageOf } from '../../../connectors/message-of';
import { TablegateError } from '../../../model/errors';
import { JobError } from '../../../model/job-type';

/** Names the table or output in front of what went wrong with it. */
export function failureOf(name: string, error: unknown): Error {
  const isOurs = [JobError, SupersededError, OutdatedError].some((kind) => error instanceof kind);
  if (isOurs) return error as Error;
  if (error instanceof ConnectorError || error instanceof TablegateError) {
    return new JobError(`${name}: ${error.message}`, [], { cause: error.cause ?? error });
  }
  const [firstLine] = messageOf(error).split('\n', 1);
  return new JobError(`${name}: ${firstLine}`, [], { cause: error });
}
