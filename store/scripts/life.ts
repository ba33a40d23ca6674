/** What becomes of a script: which version is submitted, which is in production, by which tasks. */
import { sql } from 'kysely';
import type { Database } from '../schema';
import type { ScriptStore } from '../store';

type Methods = Pick<ScriptStore, 'reserveTask' | 'noteSubmitted' | 'notePublished' | 'forgetTask'>;

const taskColumns = { Dev: 'dev_task', Prod: 'prod_task' } as const;

export function lifeMethods(db: Database): Methods {
  const row = (tenant: string, id: string) =>
    db.updateTable('scripts').where('tenant', '=', tenant).where('id', '=', id);
  return {
    reserveTask: async (tenant, id, environment, taskId) => {
      const column = taskColumns[environment];
      const kept = await row(tenant, id)
        .set({ [column]: sql<string>`coalesce(${sql.ref(column)}, ${taskId})` })
        .returning(`${column} as taskId`)
        .executeTakeFirst();
      return kept?.taskId ?? null;
    },
    noteSubmitted: async (tenant, id, { version, digest }) => {
      // Of two submissions at once the later version stays, whoever comes here last.
      await row(tenant, id)
        .where((is) =>
          is.or([is('submitted_version', 'is', null), is('submitted_version', '<=', version)]),
        )
        .set({ submitted_version: version, submitted_digest: digest })
        .execute();
    },
    notePublished: async (tenant, id, version) => {
      // A script that was taken out of production meanwhile stays out.
      await row(tenant, id)
        .where('prod_task', 'is not', null)
        .set({
          published_version: version,
          published_at: sql<string>`coalesce(published_at, now())`,
        })
        .execute();
    },
    forgetTask: async (tenant, id, environment) => {
      const published = { published_version: null, published_at: null };
      await row(tenant, id)
        .set({ [taskColumns[environment]]: null, ...(environment === 'Prod' && published) })
        .execute();
    },
  };
}
