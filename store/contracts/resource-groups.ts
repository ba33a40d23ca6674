/** The resource groups that tasks can be put into. */
import type { Page, PageRequest } from '../../model/page';
import type { ResourceGroup } from '../../model/resource-group';

export interface ResourceGroupStore {
  /** Null where the name is taken. */
  create(tenant: string, group: { name: string; taskQueue: string }): Promise<ResourceGroup | null>;
  /** Newest first. */
  list(tenant: string, page: PageRequest): Promise<Page<ResourceGroup>>;
  /** Those of these names that there are. */
  find(tenant: string, names: string[]): Promise<ResourceGroup[]>;
  remove(tenant: string, name: string): Promise<boolean>;
  /** Live tasks whose job runs in it (id and name, at most 10). */
  usersOf(tenant: string, name: string): Promise<{ id: string; name: string }[]>;
}
