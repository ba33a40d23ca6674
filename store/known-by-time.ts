import type { KnownInstance, Store } from './store';

/** Instances by their schedule time, in ms. */
export type KnownByTime = ReadonlyMap<number, KnownInstance>;

/**
 * How the instances of a task stand; those that do not exist are not in the answer.
 * @param times in ms: named ones, or a closed range
 */
export async function knownByTime(
  { runs }: Pick<Store, 'runs'>,
  tenant: string,
  taskId: string,
  times: readonly number[] | { from: number; to: number },
): Promise<KnownByTime> {
  const asked = 'from' in times ? { from: iso(times.from), to: iso(times.to) } : times.map(iso);
  const known = await runs.knownInstances(tenant, taskId, asked);
  return new Map(known.map((one) => [Date.parse(one.scheduleTime), one]));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
