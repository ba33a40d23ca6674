/** Who is asking: `Authorization: Bearer <key>`. */
import { TablegateError } from '../../model/errors';
import { roleAllows, type Caller, type Role } from '../../model/people';
import type { PeopleService } from '../../scheduling/scheduling';

/** A key has at most 32 characters; whatever is longer is not looked up. */
const bearerPattern = /^bearer +([\x21-\x7e]{1,32}) *$/i;

/**
 * @param authorization value of the header
 * @throws TablegateError notAuthenticated, and what the look-up throws
 */
export async function authenticate(
  authorization: string | undefined,
  people: PeopleService,
): Promise<Caller> {
  if (authorization === undefined) {
    throw new TablegateError('notAuthenticated', 'Send `Authorization: Bearer <key>`');
  }
  const key = bearerPattern.exec(authorization)?.[1];
  const caller = key === undefined ? null : await people.authenticate(key);
  if (caller) return caller;
  throw new TablegateError(
    'notAuthenticated',
    'The key is not valid; send `Authorization: Bearer <key>` with a key that has not been removed',
  );
}

/** @throws TablegateError notAllowed where the caller's role may not do what needs `role` */
export function requireRole(caller: Caller, role: Role): void {
  if (roleAllows(caller.role, role)) return;
  throw new TablegateError(
    'notAllowed',
    `This needs the role ${role}; ${caller.name} has the role ${caller.role}`,
  );
}
