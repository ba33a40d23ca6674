/** Users, their keys and grants. */
import type { Page, PageRequest } from '../../model/page';
import type {
  AccessKey,
  AuditEntry,
  Caller,
  Grant,
  Key,
  Role,
  Tenant,
  TriggerCredential,
  User,
  UserChange,
} from '../../model/people';
import type { AuditFilter } from '../../store/store';

export interface PeopleService {
  /** The caller behind a bearer key; null where it is not valid. */
  authenticate(key: string): Promise<Caller | null>;
  /**
   * The caller behind a vendor's credential, for calls that trigger tables and nothing else; null
   * where there is none in that tenant. `UID` and `ACCOUNT` lead to users for whom an admin allowed
   * it, `TOKEN` and `APIKEY` to the owner of that key.
   */
  authenticateTrigger(credential: TriggerCredential): Promise<Caller | null>;
  tenants(caller: Caller): Promise<Page<Tenant>>;
  createTenant(
    caller: Caller,
    input: { id: string; name: string },
  ): Promise<{ tenant: Tenant; adminKey: string }>;
  createUser(
    caller: Caller,
    input: { name: string; role: Role; account?: string | null; identityTriggers?: boolean },
  ): Promise<User>;
  users(caller: Caller, page: PageRequest): Promise<Page<User>>;
  user(caller: Caller, userId: string): Promise<User>;
  updateUser(caller: Caller, userId: string, change: UserChange): Promise<User>;
  removeUser(caller: Caller, userId: string): Promise<void>;
  grants(caller: Caller, userId: string): Promise<{ items: Grant[] }>;
  setGrant(caller: Caller, grant: Grant): Promise<Grant>;
  removeGrant(caller: Caller, userId: string, connection: string): Promise<void>;
  /**
   * `secret` is shown this once.
   * @param input.userId null: the caller; another user's is for an admin to make
   * @throws TablegateError notAllowed, userNotFound
   */
  createKey(
    caller: Caller,
    input: { userId: string | null; name: string },
  ): Promise<Key & { secret: string }>;
  /** One's own; for admins those of all, or of one user (`userId`). */
  keys(caller: Caller, page: PageRequest, userId?: string | null): Promise<Page<Key>>;
  /** @throws TablegateError keyNotFound, also for those that the caller does not see */
  removeKey(caller: Caller, keyId: string): Promise<void>;
  audit(caller: Caller, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
}

/** What vendors' SDKs sign with. Each user has his own; admins see and remove those of all. */
export interface AccessKeyService {
  /**
   * `secret` is shown this once.
   * @param input.userId null: the caller; another user's is for an admin to make
   * @throws TablegateError notAllowed, userNotFound
   */
  create(
    caller: Caller,
    input: { userId: string | null; name: string },
  ): Promise<AccessKey & { secret: string }>;
  /** One's own; for admins those of all, or of one user (`userId`). */
  list(caller: Caller, page: PageRequest, userId?: string | null): Promise<Page<AccessKey>>;
  /** @throws TablegateError accessKeyNotFound, also for those that the caller does not see */
  remove(caller: Caller, id: string): Promise<void>;
  /** What an access key signs with and who it stands for, as of now; null where there is none. */
  secretOf(id: string): Promise<{ secret: string; caller: Caller } | null>;
  /** Notes that a good signature was made with it; to be told after each. */
  noteUse(id: string): Promise<void>;
  /**
   * Takes the nonce of a good signature, once on all processes while the signature may be used.
   * @returns false where it was taken before
   */
  takeNonce(id: string, nonce: string, expiresAt: Date): Promise<boolean>;
}
