import { TablegateError } from '../model/errors';
import { invalidInput } from '../model/field-errors';
import type { Caller } from '../model/people';
import type { ResourceGroup, RuntimeResource } from '../model/resource-group';
import type { TaskPatch } from '../model/task';
import type { Store } from '../store/store';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import type { Page, PageRequest, ResourceGroupService } from './scheduling';

/**
 * Names for workers. A group keeps its task queue, which the tasks in it hold: who wants another
 * queue makes another group.
 */
export class ResourceGroups implements ResourceGroupService {
  constructor(private readonly deps: Pick<SchedulingDeps, 'store'>) {}

  async create(
    caller: Caller,
    { name, taskQueue }: { name: string; taskQueue: string },
  ): Promise<ResourceGroup> {
    const { store } = this.deps;
    const group = await store.resourceGroups.create(caller.tenant, { name, taskQueue });
    if (!group) {
      throw new TablegateError('nameTaken', `There is a resource group ${name} already.`, {
        fields: [{ path: 'name', message: `there is a resource group ${name} already` }],
      });
    }
    await noteAction(store, caller, 'resourceGroup.create', `resource-group/${name}`, {
      taskQueue,
    });
    return group;
  }

  list({ tenant }: Caller, page: PageRequest): Promise<Page<ResourceGroup>> {
    return this.deps.store.resourceGroups.list(tenant, page);
  }

  async remove(caller: Caller, name: string): Promise<void> {
    const { resourceGroups } = this.deps.store;
    const { tenant } = caller;
    const users = await resourceGroups.usersOf(tenant, name);
    if (users.length > 0) {
      const named = users.map((task) => `"${task.name}" (${task.id})`).join(', ');
      throw new TablegateError(
        'resourceGroupInUse',
        `The jobs of these tasks run in the resource group ${name}: ${named}.`,
      );
    }
    if (!(await resourceGroups.remove(tenant, name))) {
      throw new TablegateError('resourceGroupNotFound', `There is no resource group ${name}.`);
    }
    await noteAction(this.deps.store, caller, 'resourceGroup.remove', `resource-group/${name}`);
  }
}

/**
 * Where a job is to run, with the task queue of the group that was named.
 * @param sent what a caller says of it; undefined: nothing
 * @throws TablegateError invalidInput for a group that there is not: nobody would ever run the job
 */
export async function settledResource(
  { resourceGroups }: Pick<Store, 'resourceGroups'>,
  tenant: string,
  sent: TaskPatch['runtimeResource'],
): Promise<Partial<RuntimeResource> | undefined> {
  const { resourceGroup = null } = sent ?? {};
  const found = resourceGroup === null ? [] : await resourceGroups.find(tenant, [resourceGroup]);
  return placeJob(new Map(found.map((group) => [group.name, group])), sent);
}

/** The same, with the groups at hand. */
export function placeJob(
  groups: ReadonlyMap<string, ResourceGroup>,
  sent: TaskPatch['runtimeResource'],
): Partial<RuntimeResource> | undefined {
  if (sent === undefined) return undefined;
  const { resourceGroup, image, cu } = sent;
  const kept = { ...(image !== undefined && { image }), ...(cu !== undefined && { cu }) };
  if (resourceGroup === undefined) return kept;
  if (resourceGroup === null) return { ...kept, resourceGroup, taskQueue: null };
  const group = groups.get(resourceGroup);
  if (group) return { ...kept, resourceGroup, taskQueue: group.taskQueue };
  const message =
    `there is no resource group ${resourceGroup}; ` +
    'an admin makes one with POST /api/v1/resource-groups';
  throw invalidInput('task', [{ path: 'runtimeResource.resourceGroup', message }]);
}
