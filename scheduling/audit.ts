import type { Caller } from '../model/people';
import type { Store } from '../store/store';

/**
 * Writes one line of the audit: what this caller did to which thing, and by which vendor surface
 * where it was by one.
 */
export function noteAction(
  store: Pick<Store, 'audit'>,
  caller: Caller,
  action: string,
  target: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  return noteActions(store, caller, [{ action, target, detail }]);
}

/** Writes a line for each of these. */
export function noteActions(
  { audit }: Pick<Store, 'audit'>,
  { tenant, name: actor, via }: Caller,
  notes: readonly { action: string; target: string; detail: Record<string, unknown> }[],
): Promise<void> {
  const entries = notes.map(({ detail, ...note }) => ({
    ...{ ...note, actor },
    detail: via === undefined ? detail : { ...detail, via },
  }));
  return audit.writeAll(tenant, entries);
}
