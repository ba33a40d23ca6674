import { randomBytes } from 'node:crypto';
import { TablegateError } from '../model/errors';
import type { Caller } from '../model/people';
import { digest } from '../store/secrets';
import type { KeyHolder } from '../store/store';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import type {
  PeopleService,
  SessionService,
  SessionView,
  SignInCode,
  SignInCredential,
} from './scheduling';
import { SignInLimit } from './sign-in-limit';

const tokenBytes = 32;
const codeBytes = 24;

/** Sessions of browsers, each begun with a key and ended with it. */
export class Sessions implements SessionService {
  private readonly limit = new SignInLimit();

  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store' | 'settings'>,
    private readonly people: Pick<PeopleService, 'authenticate'>,
  ) {}

  async signIn(
    credential: SignInCredential,
    address: string,
  ): Promise<SessionView & { token: string }> {
    this.limit.check(address);
    const { sessions } = this.deps.store;
    const holder = await this.holderOf(credential);
    const token = randomBytes(tokenBytes).toString('base64url');
    const begun = holder !== null && (await sessions.begin(holder, digest(token)));
    const session = begun ? await this.find(token, { isUse: false }) : null;
    if (session === null) {
      this.limit.noteWrong(address);
      throw refused(credential);
    }
    const how = 'code' in credential ? 'code' : 'key';
    await this.note(session.caller, 'session.begin', { by: how });
    return { ...session, token };
  }

  private async holderOf(credential: SignInCredential): Promise<KeyHolder | null> {
    if ('code' in credential) return this.deps.store.sessions.takeCode(digest(credential.code));
    const caller = await this.people.authenticate(credential.key);
    return caller?.keyId === undefined ? null : { tenant: caller.tenant, keyId: caller.keyId };
  }

  async find(token: string, options: { isUse: boolean }): Promise<SessionView | null> {
    const found = await this.deps.store.sessions.find(digest(token), options);
    if (!found) return null;
    const { tenant, keyId, user, expiresAt } = found;
    const caller = { tenant, userId: user.id, name: user.name, role: user.role, keyId };
    return { caller, expiresAt, csrfToken: digest(`csrf ${token}`) };
  }

  async signOut(caller: Caller, token: string): Promise<void> {
    await this.deps.store.sessions.end(digest(token));
    await this.note(caller, 'session.end', {});
  }

  async makeCode(caller: Caller): Promise<SignInCode> {
    const { store, settings } = this.deps;
    const { tenant, keyId } = caller;
    const code = randomBytes(codeBytes).toString('base64url');
    const made =
      keyId === undefined ? null : await store.sessions.makeCode({ tenant, keyId }, digest(code));
    if (made === null) throw new TablegateError('notAuthenticated', 'The key has been removed.');
    const url = `${settings.publicUrl}/sign-in?code=${code}`;
    await this.note(caller, 'signInCode.create', {});
    return { code, url, expiresAt: made.expiresAt };
  }

  private note(caller: Caller, action: string, detail: Record<string, unknown>): Promise<void> {
    return noteAction(this.deps.store, caller, action, `user/${caller.userId}`, detail);
  }
}

function refused(credential: SignInCredential): TablegateError {
  const message =
    'code' in credential
      ? 'This sign-in code was used before, or is too old; sign in with a key'
      : 'The key is not valid; it may have been removed';
  return new TablegateError('notAuthenticated', message);
}
