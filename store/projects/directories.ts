/** Directories of projects; the root, `0`, is not stored. */
import { TablegateError } from '../../model/errors';
import { isDangling, isTaken } from '../errors';
import { notify } from '../notify';
import { lock, transact, type Database, type Tables } from '../schema';
import type { Transaction } from 'kysely';
import type { DirectoryStore } from '../store';

const directoryColumns = ['id', 'project', 'parent', 'name', 'created_at as createdAt'] as const;

export function directoryStore(db: Database): DirectoryStore {
  return {
    list: (tenant, project) => list(db, tenant, project),
    find: async (tenant, id) => {
      const row = await db
        .selectFrom('directories')
        .select(directoryColumns)
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? null;
    },
    create: (tenant, { id, project, parent, name }, judge) =>
      refusingTaken(name, project, () =>
        transact(db, async (transaction) => {
          await lock(transaction, 'directories', tenant, project);
          judge(await list(transaction, tenant, project));
          await tellTree(transaction, tenant);
          return transaction
            .insertInto('directories')
            .values({ tenant, project, id, parent, name })
            .returning(directoryColumns)
            .executeTakeFirstOrThrow();
        }),
      ),
    change: (tenant, { id, project, parent, name }, judge) =>
      refusingTaken(name, project, () =>
        transact(db, async (transaction) => {
          await lock(transaction, 'directories', tenant, project);
          judge(await list(transaction, tenant, project));
          const row = await transaction
            .updateTable('directories')
            .set({ parent, name })
            .where('tenant', '=', tenant)
            .where('id', '=', id)
            .returning(directoryColumns)
            .executeTakeFirst();
          await tellTree(transaction, tenant);
          return row ?? null;
        }),
      ),
    remove: (tenant, { id, project }) =>
      transact(db, async (transaction) => {
        await lock(transaction, 'directories', tenant, project);
        if (await holdsAnything(transaction, tenant, project, id)) return 'inUse';
        const { numDeletedRows } = await transaction
          .deleteFrom('directories')
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst();
        await tellTree(transaction, tenant);
        return numDeletedRows > 0n ? 'removed' : 'unknown';
      }),
  };
}

/** Tells whoever watches scripts to read them again: where they are has changed. */
function tellTree(transaction: Transaction<Tables>, tenant: string): Promise<void> {
  return notify(transaction, tenant, [{ type: 'script', id: null }]);
}

async function holdsAnything(
  transaction: Transaction<Tables>,
  tenant: string,
  project: string,
  id: string,
): Promise<boolean> {
  const directory = await transaction
    .selectFrom('directories')
    .select('id')
    .where('tenant', '=', tenant)
    .where('project', '=', project)
    .where('parent', '=', id)
    .limit(1)
    .executeTakeFirst();
  const script = await transaction
    .selectFrom('scripts')
    .select('id')
    .where('tenant', '=', tenant)
    .where('project', '=', project)
    .where('directory', '=', id)
    .limit(1)
    .executeTakeFirst();
  return directory !== undefined || script !== undefined;
}

function list(db: Database, tenant: string, project: string) {
  return db
    .selectFrom('directories')
    .select(directoryColumns)
    .where('tenant', '=', tenant)
    .where('project', '=', project)
    .orderBy('name')
    .orderBy('id')
    .execute();
}

/** @throws TablegateError nameTaken, projectNotFound */
async function refusingTaken<T>(
  name: string,
  project: string,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isDangling(error, 'directories_project')) {
      throw new TablegateError('projectNotFound', `There is no project ${project}.`);
    }
    if (!isTaken(error, 'directories_name')) throw error;
    const message = `there is a directory "${name}" here already`;
    throw new TablegateError('nameTaken', `T${message.slice(1)}.`, {
      fields: [{ path: 'name', message }],
    });
  }
}
