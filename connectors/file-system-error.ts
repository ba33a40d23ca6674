/** What file systems say, in one sentence that names the file or folder. */
import { TablegateError } from '../model/errors';
import { ConnectorError } from './connector';
import { messageOf } from './message-of';

/** What the file system threw about a file or folder. */
export function fileSystemError(name: string, error: unknown): Error {
  if (error instanceof TablegateError || error instanceof ConnectorError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist',
    ENOTDIR: 'has a part that is not a folder',
    EACCES: 'may not be read by this process',
    EPERM: 'may not be read by this process',
    EISDIR: 'is a folder, not a file',
    ELOOP: 'is a link that leads to itself',
    ENAMETOOLONG: 'has a longer name than the file system takes',
    ENOSPC: 'does not fit: the disk of the scratch folder is full',
  };
  const reason = reasons[code] ?? `cannot be read: ${messageOf(error)}`;
  return new ConnectorError(`${name} ${reason}.`, { cause: error });
}
