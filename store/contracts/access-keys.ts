/** The access keys that programs sign with. */
import type { Page, PageRequest } from '../../model/page';
import type { AccessKey, User } from '../../model/people';

/** Pairs of id and secret that vendors' SDKs sign with; here the secret is one sealed text. */
export interface AccessKeyStore {
  /** @throws TablegateError userNotFound */
  create(
    tenant: string,
    key: { id: string; userId: string; name: string; secret: string },
  ): Promise<AccessKey>;
  /** Newest first; of one user, or of all where null. */
  list(tenant: string, userId: string | null, page: PageRequest): Promise<Page<AccessKey>>;
  /** One of this user's keys, or of anybody's where null. False where there is none. */
  remove(tenant: string, userId: string | null, id: string): Promise<boolean>;
  /** The sealed secret of a key and whose it is. */
  find(id: string): Promise<{
    tenant: string;
    secret: string;
    user: Pick<User, 'id' | 'name' | 'role'>;
  } | null>;
  /** Notes that it signed something, at most once a minute. */
  noteUse(id: string): Promise<void>;
  /**
   * Takes a nonce that something was signed with; forgotten once it has expired.
   * @returns false where it was taken before, by whichever process
   */
  takeNonce(id: string, nonce: string, expiresAt: Date): Promise<boolean>;
}
