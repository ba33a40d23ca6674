/** Who is calling: console sessions and tokens of an identity service. */
import type { Caller, Tenant } from '../../model/people';
import type { Project } from '../../model/project';

/** What a browser signs in with: a key, or a code that was made with one. */
export type SignInCredential = { key: string } | { code: string };

export interface SessionView {
  /** As the user is now. */
  caller: Caller;
  /** What has to come with each call that changes something. */
  csrfToken: string;
  /** When it ends if nothing more comes of it. */
  expiresAt: string;
}

/** What signs in once; shown this once. */
export interface SignInCode {
  code: string;
  /** Address in the console that does it. */
  url: string;
  expiresAt: string;
}

export interface SessionService {
  /**
   * Begins a session.
   * @param address where the call comes from: who tries many wrong keys is held back
   * @returns the session with its token, which the browser alone keeps
   * @throws TablegateError notAuthenticated, tooManySignIns
   */
  signIn(credential: SignInCredential, address: string): Promise<SessionView & { token: string }>;
  /**
   * The session of a token; null where it has ended, by itself or with its key.
   * @param options.isUse false: it is only looked at, and lasts no longer for that
   */
  find(token: string, options: { isUse: boolean }): Promise<SessionView | null>;
  signOut(caller: Caller, token: string): Promise<void>;
  /** Makes a code that begins one session by the caller's key. */
  makeCode(caller: Caller): Promise<SignInCode>;
}

/** What a caller of the identity service says of itself. Null: it does not say. */
export type IdentityClaim =
  | {
      method: 'password';
      /** The user by one of the two. */
      userId: string | null;
      userName: string | null;
      /** A key of the API that is the user's. */
      password: string;
      /** Id or name of the tenant. */
      domain: string | null;
    }
  | { method: 'accessKey'; id: string; secret: string };

export interface IssuedToken {
  token: string;
  caller: Caller;
  tenant: Tenant;
  /** The only project that it is good for; null: for all that are open to its user. */
  project: Project | null;
  issuedAt: string;
  expiresAt: string;
}

/** Tokens that stand for a user for a day, as clients of vendors' identity services get them. */
export interface IdentityService {
  /**
   * @param scope id or name of the project that the token is to be for
   * @param address where the call comes from: who tries many wrong keys is held back
   * @throws TablegateError notAuthenticated, tooManySignIns, projectNotFound, notAllowed
   */
  issue(claim: IdentityClaim, scope: string | null, address: string): Promise<IssuedToken>;
  /** Who a token stands for, as of now; null where it is not good, or what it was made with is gone. */
  find(token: string): Promise<{ caller: Caller; project: string | null } | null>;
}
