/** Who stands behind what a vendor's caller says of itself. */
import type { Caller, TriggerCredential, User } from '../model/people';
import type { PeopleStore } from '../store/store';

/**
 * @param people where users are looked up; one look for each type, whatever comes of it
 * @param ownerOf the caller behind a key of the API
 * @returns null for an unknown tenant, user or key, for a key of another tenant, and for a user who
 *   may not be named without one
 */
export async function findCaller(
  people: Pick<PeopleStore, 'findUser' | 'findByAccount'>,
  { tenant, type, value }: TriggerCredential,
  ownerOf: (key: string) => Promise<Caller | null>,
): Promise<Caller | null> {
  switch (type) {
    case 'UID':
      return named(tenant, await people.findUser(tenant, value));
    case 'ACCOUNT':
      return named(tenant, await people.findByAccount(tenant, value));
    case 'TOKEN':
    case 'APIKEY': {
      const owner = await ownerOf(value);
      return owner?.tenant === tenant ? owner : null;
    }
  }
}

function named(tenant: string, user: User | null): Caller | null {
  if (!user?.identityTriggers) return null;
  const { id, name, role } = user;
  return { tenant, userId: id, name, role };
}
