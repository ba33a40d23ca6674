import { grantAllows, type GrantSide } from '../model/people';
import type { Store } from '../store/store';

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
