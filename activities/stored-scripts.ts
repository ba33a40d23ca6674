/** What jobs ask the store about scripts. */
import { JobError } from '../model/job-type';
import { grantAllows, type GrantSide } from '../model/people';
import type { ScriptParameter } from '../model/script-version';
import type { Store } from '../store/store';

/** @throws JobError where there is no such version */
export async function scriptText(
  store: Pick<Store, 'scripts'>,
  tenant: string,
  scriptId: string,
  version: number,
): Promise<{ text: string; author: string; parameters: ScriptParameter[] }> {
  const found = await store.scripts.version(tenant, scriptId, version);
  if (!found) throw new JobError(`There is no version ${version} of the script ${scriptId}.`);
  const { text, author, config } = found;
  return { text, author, parameters: config?.scheduleParameters ?? [] };
}

/** Whether a user may read or write through a connection now; false for one who is gone. */
export async function mayUse(
  { people }: Pick<Store, 'people'>,
  tenant: string,
  userId: string,
  connection: string,
  side: GrantSide,
): Promise<boolean> {
  const user = await people.findUser(tenant, userId);
  if (!user) return false;
  return grantAllows(user.role, await people.findGrant(tenant, userId, connection), side);
}
