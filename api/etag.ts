/** `ETag` and `If-Match`: the version of a task. */
import { TablegateError } from '../model/errors';

/** @returns the ETag of an answer that has a version; null for one that has none */
export function etagOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('version' in body)) return null;
  return `"${String(body.version)}"`;
}

/**
 * @param ifMatch value of the header: an ETag of ours (weak ones too), or `*`
 * @returns the version asked for; null where any will do
 * @throws TablegateError invalidInput
 */
export function versionIfMatch(ifMatch: string | undefined): number | null {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch.trim())?.[1];
  if (version !== undefined) return Number(version);
  const message = 'it must be one ETag as an answer gave it, such as "3", or *';
  throw new TablegateError('invalidInput', `If-Match: ${message}`, {
    fields: [{ path: 'If-Match', message }],
  });
}
