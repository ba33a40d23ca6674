/** Which answers a change on the server concerns. */
import type { Query } from '@tanstack/react-query';

/** Parts of the names of calls whose answers a change of the kind may alter. */
const concerned = {
  // A script tells how its task of production differs from it.
  task: /\/tasks|\/waiting|\/lineage|\/operation-center|\/scripts\/\{id\}$/,
  run: /\/tasks|\/runs|\/instances|\/waiting|\/operation-center|id-mapping|\/catalog/,
  trigger: /\/tasks|\/triggers|\/waiting/,
  backfill: /\/backfills|\/instances/,
  instance: /\/instances/,
  table: /\/tables|\/lineage/,
  catalogue: /\/catalog/,
  connection: /\/connections|\/tables/,
  access: /\/(access-)?keys|\/users|\/me\/|\/grants|\/projects/,
  key: /\/(access-)?keys/,
  user: /\/users|\/me\//,
  grant: /\/grants/,
  project: /\/projects/,
  script: /\/scripts|\/directories|\/projects|\/operation-center/,
};
export type ChangeKind = keyof typeof concerned;

export const isChangeKind = (text: unknown): text is ChangeKind =>
  typeof text === 'string' && text in concerned;

/** Finds the queries that any of these changes concerns; their keys begin with the call's name. */
export function touchedBy(kinds: Iterable<ChangeKind>): (query: Query) => boolean {
  const patterns = [...kinds].map((kind) => concerned[kind]);
  return ({ queryKey: [name] }) =>
    typeof name === 'string' && patterns.some((pattern) => pattern.test(name));
}
