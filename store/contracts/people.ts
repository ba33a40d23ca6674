/** Tenants, users, their keys and grants. */
import type { Page, PageRequest } from '../../model/page';
import type { Grant, Key, Role, Tenant, User, UserChange } from '../../model/people';

/** The key of a tenant's first user. */
export interface FirstAdmin {
  keyName: string;
  keyDigest: string;
  keyPrefix: string;
}

export interface PeopleStore {
  /**
   * Creates what an installation starts with, once: tenant `default`, user `admin`. Safe to race.
   * @returns false where it was there: nothing is done then, so that an admin key which was removed
   *   does not come back
   */
  ensureFirst(admin: FirstAdmin): Promise<boolean>;
  tenants(): Promise<Tenant[]>;
  /** Creates a tenant with its first admin, both or neither; `idTaken` where the id is in use. */
  createTenant(tenant: { id: string; name: string }, admin: FirstAdmin): Promise<Tenant>;
  /** `nameTaken` where another user of the tenant has the account. */
  createUser(
    tenant: string,
    user: {
      id: string;
      name: string;
      role: Role;
      account?: string | null;
      identityTriggers?: boolean;
    },
  ): Promise<User>;
  users(tenant: string, page: PageRequest): Promise<Page<User>>;
  findUser(tenant: string, userId: string): Promise<User | null>;
  /** The user who has exactly this account. */
  findByAccount(tenant: string, account: string): Promise<User | null>;
  /**
   * Refuses with `lastAdmin` where no admin would be left, and with `nameTaken` as `createUser`
   * does. Null where there is no such user.
   */
  updateUser(tenant: string, userId: string, change: UserChange): Promise<User | null>;
  /**
   * Removes a user with keys and grants; refuses with `lastAdmin`. An admin takes the place of the last
   * member of a project, which would be open to all otherwise. Null where there is no such user.
   */
  removeUser(
    tenant: string,
    userId: string,
  ): Promise<{ takenOver: { project: string; userId: string }[] } | null>;
  createKey(
    tenant: string,
    key: { id: string; userId: string; name: string; prefix: string; digest: string },
  ): Promise<Key>;
  /** @param ofUser only those of this user; null: all */
  keys(tenant: string, page: PageRequest, ofUser?: string | null): Promise<Page<Key>>;
  removeKey(tenant: string, keyId: string, ofUser?: string | null): Promise<boolean>;
  /** The user behind a key's SHA-256 hex digest; notes the use at most once a minute. */
  findByKeyDigest(digest: string): Promise<{ tenant: string; keyId: string; user: User } | null>;
  /** The user whose key this is, for what was begun with the key; its use is not noted. */
  findByKeyId(tenant: string, keyId: string): Promise<Pick<User, 'id' | 'name' | 'role'> | null>;
  grants(tenant: string, userId: string): Promise<Grant[]>;
  findGrant(tenant: string, userId: string, connection: string): Promise<Grant | null>;
  /** Names of admins, whom others may ask for a grant: the first three, oldest first. */
  adminNames(tenant: string): Promise<string[]>;
  setGrant(tenant: string, grant: Grant): Promise<void>;
  removeGrant(tenant: string, userId: string, connection: string): Promise<boolean>;
}
