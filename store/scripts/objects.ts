/** Script objects: drafts, and which of their versions are where. */
import { sql, type Transaction } from 'kysely';
import { TablegateError } from '../../model/errors';
import { rootDirectory } from '../../model/project';
import { isDangling, isTaken } from '../errors';
import { folded } from '../folded';
import { notify } from '../notify';
import { lock, transact, type Database, type Tables } from '../schema';
import { storableJson } from '../storable';
import type { DraftChange, NewScript, ScriptStore, StoredScript } from '../store';

type Methods = Pick<ScriptStore, 'create' | 'find' | 'findAll' | 'projectsOf' | 'save' | 'remove'>;

export const scriptColumns = [
  'id',
  'number',
  'project',
  'directory',
  'name',
  'environment',
  'schedule_type as scheduleType',
  'origin',
  'text',
  'config',
  'draft_digest as draftDigest',
  'revision',
  'submitted_version as submittedVersion',
  'submitted_digest as submittedDigest',
  'published_version as publishedVersion',
  'dev_task as devTask',
  'prod_task as prodTask',
  'created_by as createdBy',
  'created_at as createdAt',
  'updated_by as updatedBy',
  'updated_at as updatedAt',
  'published_at as publishedAt',
] as const;

export function objectMethods(db: Database): Methods {
  return {
    create: (tenant, script) => create(db, tenant, script),
    find: async (tenant, id) => (await findAll(db, tenant, [id]))[0] ?? null,
    findAll: (tenant, ids) => findAll(db, tenant, ids),
    projectsOf: async (tenant, ids) => {
      if (ids.length === 0) return new Map();
      const rows = await db
        .selectFrom('scripts')
        .select(['id', 'project'])
        .where('tenant', '=', tenant)
        .where('id', 'in', ids)
        .execute();
      return new Map(rows.map(({ id, project }) => [id, project]));
    },
    save: (tenant, id, change, ifRevision) => save(db, tenant, id, change, ifRevision),
    remove: (tenant, id) =>
      transact(db, async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('scripts')
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .executeTakeFirst();
        await transaction
          .deleteFrom('script_versions')
          .where('tenant', '=', tenant)
          .where('script_id', '=', id)
          .execute();
        await notify(transaction, tenant, [{ type: 'script', id }]);
        return numDeletedRows > 0n;
      }),
  };
}

async function create(db: Database, tenant: string, script: NewScript): Promise<StoredScript> {
  const { project, directory, name, scheduleType, origin, config, draftDigest, by, ...row } =
    script;
  return refusing(script, () =>
    transact(db, async (transaction) => {
      await requireDirectory(transaction, tenant, project, directory);
      await notify(transaction, tenant, [{ type: 'script', id: script.id }]);
      return transaction
        .insertInto('scripts')
        .values({
          ...{ tenant, project, directory, name, folded_name: folded(name), ...row },
          ...{ schedule_type: scheduleType, draft_digest: draftDigest },
          ...{ origin: storableJson(origin), config: storableJson(config) },
          ...{ created_by: by, updated_by: by },
        })
        .returning(scriptColumns)
        .executeTakeFirstOrThrow();
    }),
  );
}

async function findAll(db: Database, tenant: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return db
    .selectFrom('scripts')
    .select(scriptColumns)
    .where('tenant', '=', tenant)
    .where('id', 'in', ids)
    .execute();
}

async function save(
  db: Database,
  tenant: string,
  id: string,
  { project, directory, name, text, config, draftDigest, by }: DraftChange,
  ifRevision: number | null,
): Promise<StoredScript | null> {
  return refusing({ project, name }, () =>
    transact(db, async (transaction) => {
      await requireDirectory(transaction, tenant, project, directory);
      const row = await transaction
        .updateTable('scripts')
        .set({
          ...{ directory, name, folded_name: folded(name), text, draft_digest: draftDigest },
          ...{ config: storableJson(config), updated_by: by, updated_at: sql<string>`now()` },
          schedule_type: config.scheduleConfiguration.scheduleType,
          revision: sql<string>`revision + 1`,
        })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .$if(ifRevision !== null, (query) => query.where('revision', '=', String(ifRevision)))
        .returning(scriptColumns)
        .executeTakeFirst();
      if (row) await notify(transaction, tenant, [{ type: 'script', id }]);
      return row ?? null;
    }),
  );
}

/** Held until the transaction ends, so that nobody removes the directory meanwhile. */
async function requireDirectory(
  transaction: Transaction<Tables>,
  tenant: string,
  project: string,
  directory: string,
): Promise<void> {
  if (directory === rootDirectory) return;
  await lock(transaction, 'directories', tenant, project);
  const found = await transaction
    .selectFrom('directories')
    .select('id')
    .where('tenant', '=', tenant)
    .where('project', '=', project)
    .where('id', '=', directory)
    .executeTakeFirst();
  if (found) return;
  const message = 'there is no such directory in the project';
  throw new TablegateError('directoryNotFound', `There is no directory ${directory} here.`, {
    fields: [{ path: 'directory', message }],
  });
}

/** @throws TablegateError nameTaken, projectNotFound */
async function refusing<T>(
  { name, project }: { name: string; project: string },
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isDangling(error, 'scripts_project')) {
      throw new TablegateError('projectNotFound', `There is no project ${project}.`);
    }
    if (!isTaken(error, 'scripts_name')) throw error;
    const message = `there is a script "${name}" in the directory already`;
    throw new TablegateError('nameTaken', `T${message.slice(1)}.`, {
      fields: [{ path: 'name', message }],
    });
  }
}
