import { TablegateError } from '../model/errors';
import type {
  AuditEntry,
  Caller,
  Grant,
  Key,
  Tenant,
  TriggerCredential,
  User,
  UserChange,
} from '../model/people';
import { digest, keyPrefix, makeId, makeKey } from '../store/secrets';
import type { AuditFilter } from '../store/store';
import { noteAction } from './audit';
import { changesBetween } from './changes';
import { ownerOfNew, whoseCredentials } from './credential-owners';
import type { SchedulingDeps } from './deps';
import { ensureAnalysisSource, firstAdmin } from './first-steps';
import type { Page, PageRequest, PeopleService } from './scheduling';
import { readTimeSpan } from './time-spans';
import { findCaller } from './trigger-login';

/** Longest key there is; longer ones are refused without a look at the store. */
const longestKey = 32;

export class People implements PeopleService {
  constructor(private readonly deps: Pick<SchedulingDeps, 'store' | 'settings'>) {}

  async authenticate(key: string): Promise<Caller | null> {
    if (key.length === 0 || key.length > longestKey) return null;
    const found = await this.deps.store.people.findByKeyDigest(digest(key));
    if (!found) return null;
    const { id, name, role } = found.user;
    return { tenant: found.tenant, userId: id, name, role, keyId: found.keyId };
  }

  authenticateTrigger(credential: TriggerCredential): Promise<Caller | null> {
    return findCaller(this.deps.store.people, credential, (key) => this.authenticate(key));
  }

  async tenants(caller: Caller): Promise<Page<Tenant>> {
    const all = await this.deps.store.people.tenants();
    const seen = isInstallationAdmin(caller) ? all : all.filter(({ id }) => id === caller.tenant);
    return { items: seen, nextPageToken: null };
  }

  async createTenant(
    caller: Caller,
    input: { id: string; name: string },
  ): Promise<{ tenant: Tenant; adminKey: string }> {
    if (!isInstallationAdmin(caller)) {
      throw new TablegateError('notAllowed', 'Only an admin of the first tenant makes tenants.');
    }
    const { people } = this.deps.store;
    const adminKey = makeKey();
    const tenant = await people.createTenant(input, firstAdmin('first key', adminKey));
    await ensureAnalysisSource(this.deps.store, this.deps.settings, tenant.id);
    await this.note(caller, 'tenant.create', `tenant/${input.id}`, { name: input.name });
    return { tenant, adminKey };
  }

  async createUser(
    caller: Caller,
    input: Parameters<PeopleService['createUser']>[1],
  ): Promise<User> {
    const user = await this.deps.store.people.createUser(caller.tenant, { id: makeId(), ...input });
    await this.note(caller, 'user.create', `user/${user.id}`, input);
    return user;
  }

  users(caller: Caller, page: PageRequest): Promise<Page<User>> {
    return this.deps.store.people.users(caller.tenant, page);
  }

  async user(caller: Caller, userId: string): Promise<User> {
    const user = await this.deps.store.people.findUser(caller.tenant, userId);
    if (!user) throw noUser(userId);
    return user;
  }

  async updateUser(caller: Caller, userId: string, change: UserChange): Promise<User> {
    const before = await this.user(caller, userId);
    const user = await this.deps.store.people.updateUser(caller.tenant, userId, change);
    if (!user) throw noUser(userId);
    await this.note(caller, 'user.edit', `user/${userId}`, { ...changesBetween(before, user) });
    return user;
  }

  async removeUser(caller: Caller, userId: string): Promise<void> {
    const removed = await this.deps.store.people.removeUser(caller.tenant, userId);
    if (!removed) throw noUser(userId);
    await this.note(caller, 'user.remove', `user/${userId}`, {});
    for (const { project, userId: member } of removed.takenOver) {
      await this.note(caller, 'project.addMember', `project/${project}`, { userId: member });
    }
  }

  async grants(caller: Caller, userId: string): Promise<{ items: Grant[] }> {
    await this.user(caller, userId);
    return { items: await this.deps.store.people.grants(caller.tenant, userId) };
  }

  async setGrant(caller: Caller, grant: Grant): Promise<Grant> {
    const { store } = this.deps;
    await this.user(caller, grant.userId);
    if (!(await store.sources.findConnection(caller.tenant, grant.connection))) {
      throw new TablegateError('connectionNotFound', `There is no connection ${grant.connection}.`);
    }
    const { tenant } = caller;
    const { userId, connection, ...sides } = grant;
    const none = { read: false, write: false };
    const before = (await store.people.findGrant(tenant, userId, connection)) ?? none;
    await store.people.setGrant(tenant, grant);
    const detail = { connection, ...changesBetween(before, sides) };
    await this.note(caller, 'grant.set', `user/${userId}`, detail);
    return grant;
  }

  async removeGrant(caller: Caller, userId: string, connection: string): Promise<void> {
    await this.user(caller, userId);
    if (!(await this.deps.store.people.removeGrant(caller.tenant, userId, connection))) {
      throw new TablegateError('grantNotFound', `The user has no grant on ${connection}.`);
    }
    await this.note(caller, 'grant.remove', `user/${userId}`, { connection });
  }

  async createKey(
    caller: Caller,
    input: { userId: string | null; name: string },
  ): Promise<Key & { secret: string }> {
    const userId = ownerOfNew(caller, input.userId);
    await this.user(caller, userId);
    const secret = makeKey();
    const { people } = this.deps.store;
    const key = await people.createKey(caller.tenant, newKey(userId, input.name, secret));
    const { name } = key;
    await this.note(caller, 'key.create', `key/${key.id}`, { userId, name });
    return { ...key, secret };
  }

  keys(caller: Caller, page: PageRequest, userId: string | null = null): Promise<Page<Key>> {
    const ofUser = whoseCredentials(caller, userId);
    return this.deps.store.people.keys(caller.tenant, page, ofUser);
  }

  async removeKey(caller: Caller, keyId: string): Promise<void> {
    const { people } = this.deps.store;
    if (!(await people.removeKey(caller.tenant, keyId, whoseCredentials(caller)))) {
      throw new TablegateError('keyNotFound', `There is no key ${keyId}.`);
    }
    await this.note(caller, 'key.remove', `key/${keyId}`, {});
  }

  audit(caller: Caller, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>> {
    const { from = null, to = null, ...rest } = filter;
    const span = readTimeSpan({ from, to }, this.deps.settings.timezone);
    return this.deps.store.audit.list(caller.tenant, { ...rest, ...span }, page);
  }

  private note(
    caller: Caller,
    action: string,
    target: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return noteAction(this.deps.store, caller, action, target, detail);
  }
}

/** Tenants are made by the admins of the tenant that the installation began with. */
function isInstallationAdmin(caller: Caller): boolean {
  return caller.tenant === 'default' && caller.role === 'admin';
}

function newKey(
  userId: string,
  name: string,
  secret: string,
): { id: string; userId: string; name: string; prefix: string; digest: string } {
  return { id: makeId(), userId, name, prefix: keyPrefix(secret), digest: digest(secret) };
}

function noUser(userId: string): TablegateError {
  return new TablegateError('userNotFound', `There is no user ${userId}.`);
}
