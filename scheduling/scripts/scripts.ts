import type { SchedulingDeps } from '../deps';
import type { ProjectService, ScriptService } from '../scheduling';
import type { Tasks } from '../tasks';
import { ScriptAccess } from './access';
import { ScriptDrafts } from './drafts';
import { ScriptLife } from './life';
import { OperationCenter } from './operation-center';
import { Twins } from './twins';
import { ScriptValidator } from './validation';
import { ScriptVersions } from './versions';

/** Scripts, from their drafts to production. */
export function scriptService(
  deps: SchedulingDeps,
  tasks: Tasks,
  projects: ProjectService,
): ScriptService {
  const access = new ScriptAccess(deps, projects);
  const drafts = new ScriptDrafts(deps, access);
  return {
    drafts,
    versions: new ScriptVersions(deps, access),
    validator: new ScriptValidator(deps, access),
    life: new ScriptLife(deps, access, drafts, new Twins(deps, tasks)),
    operationCenter: new OperationCenter(deps, access, tasks),
  };
}
