/** Versions of scripts: written once, never changed. */
import { sql } from 'kysely';
import { lock, transact, type Database } from '../schema';
import { storableJson } from '../storable';
import { digest } from '../secrets';
import type { ScriptStore } from '../store';

type Methods = Pick<ScriptStore, 'addVersion' | 'version' | 'latestVersion'>;

const versionColumns = [
  'script_id as scriptId',
  'version',
  'text',
  'config',
  'analysis',
  'remarks',
  'author',
  'author_name as authorName',
  'created_at as createdAt',
] as const;

export function versionMethods(db: Database): Methods {
  return {
    addVersion: (tenant, { scriptId, text, config, analysis, remarks, author, authorName }) =>
      transact(db, async (transaction) => {
        await lock(transaction, 'script', tenant, scriptId);
        return transaction
          .insertInto('script_versions')
          .values({
            ...{ tenant, script_id: scriptId, text, text_digest: digest(text), remarks, author },
            version: sql<number>`(
              select coalesce(max(version), 0) + 1 from tablegate.script_versions
              where tenant = ${tenant} and script_id = ${scriptId}
            )`,
            config: storableJson(config),
            analysis: storableJson(analysis),
            author_name: authorName,
          })
          .returning(versionColumns)
          .executeTakeFirstOrThrow();
      }),
    version: async (tenant, scriptId, version) => {
      const row = await db
        .selectFrom('script_versions')
        .select(versionColumns)
        .where('tenant', '=', tenant)
        .where('script_id', '=', scriptId)
        .where('version', '=', version)
        .executeTakeFirst();
      return row ?? null;
    },
    latestVersion: async (tenant, scriptId) => {
      const row = await db
        .selectFrom('script_versions')
        .select(versionColumns)
        .where('tenant', '=', tenant)
        .where('script_id', '=', scriptId)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ?? null;
    },
  };
}
