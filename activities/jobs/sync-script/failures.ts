/** What went wrong with a copy, in one sentence that names the side and its table. */
import { ConnectorError, SupersededError } from '../../../connectors/connector';
import { messageOf } from '../../../connectors/message-of';
import { TablegateError } from '../../../model/errors';
import { JobError } from '../../../model/job-type';
import type { Failed } from './blame';
import type { SyncRequest } from './messages';

export function failureOf(request: SyncRequest, { side, error }: Failed): Error {
  if (error instanceof JobError || error instanceof SupersededError) return error;
  const name = side === 'target' ? request.target.table : sourceInWords(request);
  const isOurs = error instanceof ConnectorError || error instanceof TablegateError;
  const sentence = isOurs ? messageOf(error) : messageOf(error).split('\n', 1)[0]!;
  const cause = isOurs ? (error.cause ?? error) : error;
  return new JobError(`${side} ${name}: ${sentence}`, [], { cause });
}

function sourceInWords({ sources }: SyncRequest): string {
  const names = sources.flatMap(({ tables }) => tables);
  return names.length > 3
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
    : names.join(', ');
}
