import { TablegateError } from '../../model/errors';
import type { StoredScript } from '../../store/store';

/**
 * @param seen version that the caller saw; null: whichever
 * @throws TablegateError staleVersion
 */
export function refuseStaleScript({ revision }: StoredScript, seen: number | null): void {
  if (seen === null || seen === Number(revision)) return;
  throw new TablegateError(
    'staleVersion',
    `The script is at version ${revision}, the call was made on ${seen}; read it again.`,
  );
}
