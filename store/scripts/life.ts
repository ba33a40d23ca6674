/** What becomes of a script: which version is submitted, which is in production, by which tasks. */
import { sql, type Transaction } from 'kysely';
import { notify } from '../notify';
import { transact, type Database, type Tables } from '../schema';
import type { ScriptStore } from '../store';

type Methods = Pick<ScriptStore, 'reserveTask' | 'noteSubmitted' | 'notePublished' | 'forgetTask'>;

const taskColumns = { Dev: 'dev_task', Prod: 'prod_task' } as const;

export function lifeMethods(db: Database): Methods {
  /** Changes a script, and tells whoever watches. */
  const write = <Answer>(
    tenant: string,
    id: string,
    change: (row: ReturnType<typeof rowOf>) => Promise<Answer>,
  ) =>
    transact(db, async (transaction) => {
      const answer = await change(rowOf(transaction, tenant, id));
      await notify(transaction, tenant, [{ type: 'script', id }]);
      return answer;
    });
  return {
    reserveTask: async (tenant, id, environment, taskId) => {
      const column = taskColumns[environment];
      const kept = await rowOf(db, tenant, id)
        .set({ [column]: sql<string>`coalesce(${sql.ref(column)}, ${taskId})` })
        .returning(`${column} as taskId`)
        .executeTakeFirst();
      return kept?.taskId ?? null;
    },
    noteSubmitted: async (tenant, id, { version, digest }) => {
      // Of two submissions at once the later version stays, whoever comes here last.
      await write(tenant, id, (row) =>
        row
          .where((is) =>
            is.or([is('submitted_version', 'is', null), is('submitted_version', '<=', version)]),
          )
          .set({ submitted_version: version, submitted_digest: digest })
          .execute(),
      );
    },
    notePublished: async (tenant, id, version) => {
      const published = {
        published_version: version,
        published_at: sql<string>`coalesce(published_at, now())`,
      };
      // A script that was taken out of production meanwhile stays out.
      await write(tenant, id, (row) =>
        row.where('prod_task', 'is not', null).set(published).execute(),
      );
    },
    forgetTask: async (tenant, id, environment) => {
      const published = { published_version: null, published_at: null };
      await write(tenant, id, (row) =>
        row
          .set({ [taskColumns[environment]]: null, ...(environment === 'Prod' && published) })
          .execute(),
      );
    },
  };
}

function rowOf(db: Database | Transaction<Tables>, tenant: string, id: string) {
  return db.updateTable('scripts').where('tenant', '=', tenant).where('id', '=', id);
}
