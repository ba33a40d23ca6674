/** Scripts with their drafts and versions. */
import type { Database } from '../schema';
import type { ScriptStore } from '../store';
import { versionMethods } from './versions';

export function scriptStore(db: Database): ScriptStore {
  return { ...versionMethods(db) };
}
