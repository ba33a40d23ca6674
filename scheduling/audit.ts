import type { Caller } from '../model/people';
import type { Store } from '../store/store';

/** Writes one line of the audit: what this caller did to which thing. */
export function noteAction(
  { audit }: Pick<Store, 'audit'>,
  caller: Caller,
  action: string,
  target: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  return audit.write(caller.tenant, { actor: caller.name, action, target, detail });
}
