/** Who is signed in to the console. */
import type { User } from '../../model/people';

/** A key, and the tenant that it belongs to. */
export interface KeyHolder {
  tenant: string;
  keyId: string;
}

export interface SessionStore {
  /** Begins a session by a key, found by the digest of its token; false where the key is gone. */
  begin(holder: KeyHolder, digest: string): Promise<boolean>;
  /**
   * A session that has not ended, with the user as that is now; null for any other.
   * @param options.isUse somebody uses it, and it lasts on from now; noted at most once a minute
   */
  find(
    digest: string,
    options: { isUse: boolean },
  ): Promise<(KeyHolder & { user: Pick<User, 'id' | 'name' | 'role'>; expiresAt: string }) | null>;
  end(digest: string): Promise<void>;
  /** Keeps a code that begins one session; null where the key is gone. */
  makeCode(holder: KeyHolder, digest: string): Promise<{ expiresAt: string } | null>;
  /** Takes a code, which nobody can after that; null where it is not good. */
  takeCode(digest: string): Promise<KeyHolder | null>;
}
