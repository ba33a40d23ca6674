import type { Database } from './schema';

/** Holds the first value that was given under a name; see `Store.agree`. */
export async function agree(db: Database, name: string, value: string): Promise<boolean> {
  await db
    .insertInto('installation')
    .values({ name, value })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const held = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return held.value === value;
}
