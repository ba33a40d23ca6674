import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import type { Project } from '../../model/project';
import { sameText } from '../../store/secrets';
import { noteAction } from '../audit';
import type { SchedulingDeps } from '../deps';
import type {
  AccessKeyService,
  IdentityClaim,
  IdentityService,
  IssuedToken,
  PeopleService,
  ProjectService,
} from '../scheduling';
import { SignInLimit } from '../sign-in-limit';

const lifetimeMs = 24 * 3600 * 1000;
/** What a sealed token is bound to: a text sealed for something else is none. */
const place = 'identity-token';
/** Longest text that is looked at; ours have some 250 characters. */
const longestToken = 2000;
/** Projects among which one is found by its name. */
const mostProjects = 1000;

/** What a token says, sealed. */
interface Sealed {
  tenant: string;
  /** The key of the API, or the access key, that it was got with: it ends with that. */
  keyId?: string;
  accessKeyId?: string;
  project: string | null;
  /** In ms. */
  until: number;
}

/**
 * Tokens are sealed with the installation's secret, and nothing is stored of them: some clients ask
 * for one before every call. Every process can open them, and looks up the key that each was got
 * with, so that it ends with key and user, and shows the user's role of now.
 */
export class Identity implements IdentityService {
  private readonly limit = new SignInLimit();

  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store' | 'secrets'>,
    private readonly people: Pick<PeopleService, 'authenticate'>,
    private readonly accessKeys: AccessKeyService,
    private readonly projects: ProjectService,
  ) {}

  async issue(claim: IdentityClaim, scope: string | null, address: string): Promise<IssuedToken> {
    this.limit.check(address);
    const caller = await this.callerOf(claim);
    if (caller === null) {
      this.limit.noteWrong(address);
      throw refused(claim);
    }
    const project = scope === null ? null : await this.projectOf(caller, scope);
    const issued = Date.now();
    const until = issued + lifetimeMs;
    const by = claim.method === 'password' ? { keyId: caller.keyId } : { accessKeyId: claim.id };
    const sealed = { tenant: caller.tenant, ...by, project: project?.id ?? null, until };
    const token = Buffer.from(this.deps.secrets.seal(place, sealed), 'base64').toString(
      'base64url',
    );
    const { store } = this.deps;
    await noteAction(store, caller, 'token.issue', `user/${caller.userId}`, { by: claim.method });
    const tenants = await store.people.tenants();
    const tenant = tenants.find(({ id }) => id === caller.tenant)!;
    const [issuedAt, expiresAt] = [issued, until].map((ms) => new Date(ms).toISOString());
    return { token, caller, tenant, project, issuedAt: issuedAt!, expiresAt: expiresAt! };
  }

  private async callerOf(claim: IdentityClaim): Promise<Caller | null> {
    if (claim.method === 'accessKey') {
      const found = await this.accessKeys.secretOf(claim.id);
      if (found === null || !sameText(found.secret, claim.secret)) return null;
      await this.accessKeys.noteUse(claim.id);
      return found.caller;
    }
    const caller = await this.people.authenticate(claim.password);
    if (caller === null) return null;
    const { userId, userName, domain } = claim;
    const isUser = userId === null ? userName === caller.name : userId === caller.userId;
    return isUser && (await this.isOfDomain(caller, domain)) ? caller : null;
  }

  private async isOfDomain({ tenant }: Caller, domain: string | null): Promise<boolean> {
    if (domain === null || domain === tenant) return true;
    const tenants = await this.deps.store.people.tenants();
    return tenants.some(({ id, name }) => id === tenant && name === domain);
  }

  private async projectOf(caller: Caller, scope: string): Promise<Project> {
    const { items } = await this.projects.list(caller, { pageSize: mostProjects, pageToken: null });
    const wanted = scope.toLowerCase();
    const named = items.find(({ id, name }) => id === scope || name.toLowerCase() === wanted);
    // One that the caller does not see is refused by its own words.
    return named ?? this.projects.get(caller, scope);
  }

  async find(token: string): Promise<{ caller: Caller; project: string | null } | null> {
    const sealed = this.open(token);
    if (sealed === null || !(sealed.until > Date.now())) return null;
    const caller = await this.holderOf(sealed);
    return caller && { caller, project: sealed.project };
  }

  private open(token: string): Sealed | null {
    if (token.length > longestToken) return null;
    try {
      const text = Buffer.from(token, 'base64url').toString('base64');
      return this.deps.secrets.open(place, text) as unknown as Sealed;
    } catch {
      // Not made here, or not whole.
      return null;
    }
  }

  private async holderOf({ tenant, keyId, accessKeyId }: Sealed): Promise<Caller | null> {
    if (accessKeyId !== undefined) {
      return (await this.accessKeys.secretOf(accessKeyId))?.caller ?? null;
    }
    const user = await this.deps.store.people.findByKeyId(tenant, keyId ?? '');
    if (user === null) return null;
    const { id: userId, name, role } = user;
    return { tenant, userId, name, role, ...(keyId !== undefined && { keyId }) };
  }
}

function refused({ method }: IdentityClaim): TablegateError {
  const message =
    method === 'password'
      ? 'No user of that name (or id) and domain has this key; the password is a key of the API that ' +
        'the user has, the domain is the tenant'
      : 'The access key and the secret do not belong together, or it has been removed';
  return new TablegateError('notAuthenticated', message);
}
