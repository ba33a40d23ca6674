/** Versions of scripts: written once, never changed. */
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { Paging } from '../paging';
import { lock, schemaName, transact, type Database } from '../schema';
import { storableJson } from '../storable';
import type { ScriptStore } from '../store';

type Methods = Pick<ScriptStore, 'addVersion' | 'version' | 'versions'>;

const rowColumns = [
  'script_id as scriptId',
  'version',
  'remarks',
  'author',
  'author_name as authorName',
  'created_at as createdAt',
] as const;
const versionColumns = [...rowColumns, 'text', 'config', 'analysis'] as const;

export function versionMethods(db: Database): Methods {
  const of = (tenant: string, scriptId: string) =>
    db.selectFrom('script_versions').where('tenant', '=', tenant).where('script_id', '=', scriptId);
  return {
    addVersion: (tenant, { scriptId, text, config, analysis, remarks, author, authorName }) =>
      transact(db, async (transaction) => {
        await lock(transaction, 'script', tenant, scriptId);
        const last = await transaction
          .selectFrom('script_versions')
          .select(versionColumns)
          .where('tenant', '=', tenant)
          .where('script_id', '=', scriptId)
          .orderBy('version', 'desc')
          .limit(1)
          .executeTakeFirst();
        const isSame = last?.text === text && last.author === author && last.remarks === remarks;
        if (isSame && isDeepStrictEqual(last.config, config)) return last;
        const table = sql.table(`${schemaName}.script_versions`);
        return transaction
          .insertInto('script_versions')
          .values({
            ...{ tenant, script_id: scriptId, text, remarks, author, author_name: authorName },
            version: sql<number>`(
              select coalesce(max(version), 0) + 1 from ${table}
              where tenant = ${tenant} and script_id = ${scriptId}
            )`,
            ...{ config: storableJson(config), analysis: storableJson(analysis) },
          })
          .returning(versionColumns)
          .executeTakeFirstOrThrow();
      }),
    version: async (tenant, scriptId, version) => {
      const row = await of(tenant, scriptId)
        .select(versionColumns)
        .where('version', '=', version)
        .executeTakeFirst();
      return row ?? null;
    },
    versions: async (tenant, scriptId, page) => {
      const paging = new Paging(['script-versions', tenant, scriptId], page, {
        idPattern: /^\d{1,9}$/,
      });
      const rows = await of(tenant, scriptId)
        .select(rowColumns)
        .where(paging.after('created_at', 'version'))
        .orderBy('created_at', 'desc')
        .orderBy('version', 'desc')
        .limit(paging.limit)
        .execute();
      return paging.page(
        rows,
        ({ createdAt, version }) => ({ at: createdAt, id: String(version) }),
        (row) => row,
      );
    },
  };
}
