/** Projects, their workspaces and members. */
import { TablegateError } from '../../model/errors';
import { defaultProject, defaultWorkspace, type Project } from '../../model/project';
import { isDangling, isTaken } from '../errors';
import { folded } from '../folded';
import { Paging } from '../paging';
import { transact, type Database, type Tables } from '../schema';
import type { PageRequest, ProjectStore } from '../store';
import type { Transaction } from 'kysely';

type Methods = Pick<ProjectStore, 'create' | 'find' | 'list' | 'rename' | 'remove'>;

const projectColumns = ['id', 'name', 'mode', 'created_at as createdAt'] as const;

export function projectMethods(db: Database): Methods {
  return {
    create: (tenant, project) =>
      refusingTaken(project.name, () =>
        transact(db, async (transaction) => {
          const made = await insertProject(transaction, tenant, project);
          await insertDefaultWorkspace(transaction, tenant, project.id);
          return made;
        }),
      ),
    find: async (tenant, id) => {
      const row = await db
        .selectFrom('projects')
        .select(projectColumns)
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .executeTakeFirst();
      return row ?? null;
    },
    list: (tenant, memberId, page) => list(db, tenant, memberId, page),
    rename: (tenant, id, name) => refusingTaken(name, () => rename(db, tenant, id, name)),
    remove: (tenant, id) => remove(db, tenant, id),
  };
}

/** Makes what every tenant begins with; what is there stays. */
export async function ensureDefaultProject(
  transaction: Transaction<Tables>,
  tenant: string,
): Promise<void> {
  await transaction
    .insertInto('projects')
    .values({ tenant, id: defaultProject, name: 'Default', folded_name: 'default', mode: 'Basic' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await insertDefaultWorkspace(transaction, tenant, defaultProject);
}

async function insertProject(
  transaction: Transaction<Tables>,
  tenant: string,
  { id, name, mode }: Pick<Project, 'id' | 'name' | 'mode'>,
): Promise<Project> {
  return transaction
    .insertInto('projects')
    .values({ tenant, id, name, folded_name: folded(name), mode })
    .returning(projectColumns)
    .executeTakeFirstOrThrow();
}

async function insertDefaultWorkspace(
  transaction: Transaction<Tables>,
  tenant: string,
  project: string,
): Promise<void> {
  await transaction
    .insertInto('workspaces')
    .values({ tenant, project, id: defaultWorkspace, name: defaultWorkspace })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Ids of the projects that are open to a user. */
export function openProjects(db: Database, tenant: string, userId: string) {
  return db
    .selectFrom('projects')
    .select('id')
    .where('tenant', '=', tenant)
    .where((where) => {
      const members = where
        .selectFrom('project_members')
        .select('user_id')
        .whereRef('project_members.tenant', '=', 'projects.tenant')
        .whereRef('project_members.project', '=', 'projects.id');
      return where.or([
        where.not(where.exists(members)),
        where.exists(members.where('user_id', '=', userId)),
      ]);
    });
}

/** `memberId`: only projects that are open to this user; null: all. */
async function list(db: Database, tenant: string, memberId: string | null, page: PageRequest) {
  const paging = new Paging(['projects', tenant, memberId], page);
  const rows = await db
    .selectFrom('projects')
    .select(projectColumns)
    .where('tenant', '=', tenant)
    .where(paging.after('created_at', 'id'))
    .$if(memberId !== null, (query) => query.where('id', 'in', openProjects(db, tenant, memberId!)))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(
    rows,
    (row) => ({ at: row.createdAt, id: row.id }),
    (row) => row,
  );
}

async function rename(
  db: Database,
  tenant: string,
  id: string,
  name: string,
): Promise<Project | null> {
  const row = await db
    .updateTable('projects')
    .set({ name, folded_name: folded(name) })
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .returning(projectColumns)
    .executeTakeFirst();
  return row ?? null;
}

/** Directories and scripts hold their project by foreign keys. */
async function remove(
  db: Database,
  tenant: string,
  id: string,
): Promise<'removed' | 'inUse' | 'unknown'> {
  try {
    const { numDeletedRows } = await db
      .deleteFrom('projects')
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n ? 'removed' : 'unknown';
  } catch (error) {
    if (isDangling(error, 'directories_project') || isDangling(error, 'scripts_project')) {
      return 'inUse';
    }
    throw error;
  }
}

/** @throws TablegateError nameTaken where another project has the name, in whatever case */
async function refusingTaken<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isTaken(error, 'projects_name')) throw error;
    const message = `there is a project "${name}" already`;
    throw new TablegateError('nameTaken', `There is a project "${name}" already.`, {
      fields: [{ path: 'name', message }],
    });
  }
}
