/** What a user may do through a connection: grants hold for all but admins, who may everything. */
import { TablegateError } from '../model/errors';
import { grantAllows, type Caller, type Grant, type GrantSide } from '../model/people';
import type { Store } from '../store/store';

/** What is asked of the store. */
type Grants = Pick<Store, 'people' | 'sources'>;

/**
 * Refuses a caller who may not read, or write, through a connection.
 * @throws TablegateError grantMissing, saying whom to ask and for what; connectionNotFound where a
 *   grant is missing because there is nothing to grant
 */
export async function requireGrant(
  store: Grants,
  caller: Caller,
  connection: string,
  side: GrantSide,
): Promise<void> {
  const { tenant, userId, role } = caller;
  if (role === 'admin') return;
  const grant = await store.people.findGrant(tenant, userId, connection);
  if (grantAllows(role, grant, side)) return;
  if (!(await store.sources.findConnection(tenant, connection))) {
    throw new TablegateError('connectionNotFound', `There is no connection ${connection}.`);
  }
  throw await grantMissing(store, caller, connection, side, grant);
}

async function grantMissing(
  store: Grants,
  { tenant, userId, name }: Caller,
  connection: string,
  side: GrantSide,
  grant: Grant | null,
): Promise<TablegateError> {
  const admins = await store.people.adminNames(tenant);
  const asked = admins.length === 0 ? 'an admin' : `an admin (${admins.join(', ')})`;
  const wanted = JSON.stringify({
    read: side === 'read' || (grant?.read ?? false),
    write: side === 'write' || (grant?.write ?? false),
  });
  const call = `PUT /api/v1/users/${userId}/grants/${connection} ${wanted}`;
  const may = side === 'read' ? 'read from' : 'write to';
  return new TablegateError(
    'grantMissing',
    `${name} may not ${may} the connection ${connection}; ask ${asked} to grant it: ${call}.`,
  );
}
