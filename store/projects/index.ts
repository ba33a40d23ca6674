/** Projects, their workspaces, members and directories. */
import type { Database } from '../schema';
import type { ProjectStore } from '../store';
import { memberMethods } from './members';
import { projectMethods } from './projects';
import { workspaceMethods } from './workspaces';

export { directoryStore } from './directories';
export { ensureDefaultProject, openProjects } from './projects';

export function projectStore(db: Database): ProjectStore {
  return { ...projectMethods(db), ...workspaceMethods(db), ...memberMethods(db) };
}
