/** What is told of changes, to whoever watches: enough to know what to read again. */
import { z } from 'zod';

export const changeTypes = [
  ...(['task', 'run', 'trigger', 'instance', 'backfill', 'script', 'access'] as const),
] as const;

export const changeSchema = z.object({
  type: z.enum(changeTypes),
  id: z
    .string()
    .nullable()
    .meta({
      description:
        'Of the task, the run, the backfill or the script; of a trigger its receipt, of an instance ' +
        'its schedule time. Null: many at once, a directory of scripts, or (`access`) who may do what, ' +
        'as when a key is removed; read the list again',
    }),
  taskId: z.string().nullable().meta({ description: 'Null: of several tasks' }),
  version: z.number().int().nullable().meta({
    description: 'Grows with each change of the same thing, where it has one',
  }),
  at: z.string().meta({ description: 'When it was heard of' }),
});
export type Change = z.infer<typeof changeSchema>;

/** A change as it is told, before anybody has heard of it. */
export type ToldChange = Omit<Change, 'at'>;

/**
 * At most so many changes of each type and task, else one in their place; then the same of each
 * type. Of two of the same thing the later one stays.
 */
export function coalesce<Told extends ToldChange>(changes: readonly Told[], most: number): Told[] {
  const latest = newestBy(changes, ({ type, id, taskId }) => [type, id, taskId]);
  const byTask = merged(latest, ({ type, taskId }) => [type, taskId], {
    isMany: (group) => group.length > most || group.some(({ id }) => id === null),
    merge: (last) => ({ ...last, id: null, version: null }),
  });
  return merged(byTask, ({ type }) => [type], {
    isMany: (group) => group.length > most || group.some(isOfAll),
    merge: (last) => ({ ...last, id: null, taskId: null, version: null }),
  });
}

/** True for one that stands for all changes of its type. */
function isOfAll({ id, taskId }: ToldChange): boolean {
  return id === null && taskId === null;
}

type KeyOf = (change: ToldChange) => (string | null)[];

function newestBy<Told extends ToldChange>(changes: readonly Told[], keyOf: KeyOf): Told[] {
  const byKey = new Map(changes.map((change) => [JSON.stringify(keyOf(change)), change]));
  return [...byKey.values()];
}

/** Puts one in place of each group that is many. */
function merged<Told extends ToldChange>(
  changes: readonly Told[],
  keyOf: KeyOf,
  how: { isMany: (group: readonly Told[]) => boolean; merge: (last: Told) => Told },
): Told[] {
  const groups = new Map<string, Told[]>();
  for (const change of changes) {
    const key = JSON.stringify(keyOf(change));
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((group) =>
    how.isMany(group) ? [how.merge(group.at(-1)!)] : group,
  );
}
