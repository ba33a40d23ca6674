import { TablegateError } from '../model/errors';
import type { AccessKey, Caller } from '../model/people';
import { makeAccessKeyId, makeAccessKeySecret, placeOfAccessKey } from '../store/secrets';
import { noteAction } from './audit';
import { ownerOfNew, whoseCredentials } from './credential-owners';
import type { SchedulingDeps } from './deps';
import type { AccessKeyService, Page, PageRequest } from './scheduling';

/** Longest id that is looked up: vendors' ids are no longer. */
const longestId = 64;

export class AccessKeys implements AccessKeyService {
  constructor(private readonly deps: Pick<SchedulingDeps, 'store' | 'secrets'>) {}

  async create(
    caller: Caller,
    input: { userId: string | null; name: string },
  ): Promise<AccessKey & { secret: string }> {
    const { tenant } = caller;
    const userId = ownerOfNew(caller, input.userId);
    const { store, secrets } = this.deps;
    const id = makeAccessKeyId();
    const secret = makeAccessKeySecret();
    const sealed = secrets.seal(placeOfAccessKey({ tenant, id }), { secret });
    const { name } = input;
    const key = await store.accessKeys.create(tenant, { id, userId, name, secret: sealed });
    await noteAction(store, caller, 'accessKey.create', `access-key/${id}`, { userId });
    return { ...key, secret };
  }

  list(caller: Caller, page: PageRequest, userId: string | null = null): Promise<Page<AccessKey>> {
    const ofUser = whoseCredentials(caller, userId);
    return this.deps.store.accessKeys.list(caller.tenant, ofUser, page);
  }

  async remove(caller: Caller, id: string): Promise<void> {
    const { store } = this.deps;
    if (!(await store.accessKeys.remove(caller.tenant, whoseCredentials(caller), id))) {
      throw new TablegateError('accessKeyNotFound', `There is no access key ${id}.`);
    }
    await noteAction(store, caller, 'accessKey.remove', `access-key/${id}`, {});
  }

  async secretOf(id: string): Promise<{ secret: string; caller: Caller } | null> {
    if (id.length > longestId || id.includes('\0')) return null;
    const found = await this.deps.store.accessKeys.find(id);
    if (!found) return null;
    const { tenant, user } = found;
    const { secret } = this.deps.secrets.open(placeOfAccessKey({ tenant, id }), found.secret);
    const { id: userId, name, role } = user;
    return { secret: secret as string, caller: { tenant, userId, name, role } };
  }

  noteUse(id: string): Promise<void> {
    return this.deps.store.accessKeys.noteUse(id);
  }

  takeNonce(id: string, nonce: string, expiresAt: Date): Promise<boolean> {
    return this.deps.store.accessKeys.takeNonce(id, nonce, expiresAt);
  }
}
