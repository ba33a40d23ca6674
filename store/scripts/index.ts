/** Scripts with their drafts and versions. */
import type { Database } from '../schema';
import type { ScriptStore } from '../store';
import { lifeMethods } from './life';
import { listMethods } from './lists';
import { objectMethods } from './objects';
import { versionMethods } from './versions';

export function scriptStore(db: Database): ScriptStore {
  return { ...objectMethods(db), ...listMethods(db), ...lifeMethods(db), ...versionMethods(db) };
}
