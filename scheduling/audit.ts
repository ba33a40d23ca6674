import type { Caller } from '../model/people';
import type { Store } from '../store/store';

/**
 * Writes one line of the audit: what this caller did to which thing, and by which vendor surface
 * where it was by one.
 */
export function noteAction(
  { audit }: Pick<Store, 'audit'>,
  caller: Caller,
  action: string,
  target: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  const { name: actor, via } = caller;
  const whole = via === undefined ? detail : { ...detail, via };
  return audit.write(caller.tenant, { actor, action, target, detail: whole });
}
