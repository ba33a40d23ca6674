/** Resource groups. */
import type { Page, PageRequest } from '../../model/page';
import type { Caller } from '../../model/people';
import type { ResourceGroup } from '../../model/resource-group';

export interface ResourceGroupService {
  /** @throws TablegateError nameTaken */
  create(caller: Caller, group: { name: string; taskQueue: string }): Promise<ResourceGroup>;
  list(caller: Caller, page: PageRequest): Promise<Page<ResourceGroup>>;
  /** @throws TablegateError resourceGroupNotFound, resourceGroupInUse */
  remove(caller: Caller, name: string): Promise<void>;
}
