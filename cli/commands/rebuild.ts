/** `tablegate rebuild`: the read model of the store, written again from the workflows. */
import { readSettings } from '../../config';
import { rebuild as rebuildStore } from '../../scheduling/rebuild';
import { openParts } from '../../server';
import { say } from '../console';

/** @returns exit code: 0 when every live task was written */
export async function rebuild(): Promise<number> {
  const parts = await openParts(readSettings(process.env));
  try {
    const { written, failed } = await rebuildStore(parts, say);
    say(`${written} tasks written, ${failed} could not be asked.`);
    return failed === 0 ? 0 : 1;
  } finally {
    await parts.close();
  }
}
