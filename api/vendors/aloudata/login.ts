/** Lets in who may trigger tables in the tenant that is named. */
import { TablegateError } from '../../../model/errors';
import { roleAllows, type Caller, type TriggerCredential } from '../../../model/people';
import type { PeopleService } from '../../../scheduling/scheduling';
import { requireRole } from '../../auth/authenticate';

/** What triggering needs on every surface. */
const needed = 'operator';

/**
 * @returns the caller, marked as one of this surface
 * @throws TablegateError notAuthenticated, the same whether tenant, user or value is unknown;
 *   notAllowed, only for who has proved by a key whose role it is
 */
export async function logIn(people: PeopleService, credential: TriggerCredential): Promise<Caller> {
  const caller = await people.authenticateTrigger(credential);
  const isSecret = credential.type === 'TOKEN' || credential.type === 'APIKEY';
  if (!caller || !(isSecret || roleAllows(caller.role, needed))) throw refusedLogin();
  requireRole(caller, needed);
  return { ...caller, via: 'Aloudata' };
}

function refusedLogin(): TablegateError {
  return new TablegateError(
    'notAuthenticated',
    'The login is refused: `auth-type` and `auth-value` lead to nobody in `tenant-id` who may ' +
      'trigger tables. TOKEN and APIKEY take a key of the API; UID and ACCOUNT work only for users ' +
      'for whom an admin has set `identityTriggers`',
  );
}
