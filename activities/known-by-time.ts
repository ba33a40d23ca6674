import type { KnownInstance, Store } from '../store/store';

/** Most instances that one query asks for. */
const perQuery = 5_000;

/** Instances by their schedule time, in ms. */
export type KnownByTime = ReadonlyMap<number, KnownInstance>;

/** How the instances of these times stand (ms); those that do not exist are not in the answer. */
export async function knownByTime(
  store: Pick<Store, 'runs'>,
  tenant: string,
  taskId: string,
  times: readonly number[],
): Promise<KnownByTime> {
  const known = new Map<number, KnownInstance>();
  for (let from = 0; from < times.length; from += perQuery) {
    const named = times.slice(from, from + perQuery).map((time) => new Date(time).toISOString());
    for (const instance of await store.runs.knownInstances(tenant, taskId, named)) {
      known.set(Date.parse(instance.scheduleTime), instance);
    }
  }
  return known;
}
