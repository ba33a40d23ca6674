/** Lists of scripts, without their texts. */
import { sql } from 'kysely';
import { folded } from '../folded';
import { Paging } from '../paging';
import { openProjects } from '../projects';
import type { Database } from '../schema';
import type { ScriptFilter, ScriptStore, StoredScript } from '../store';
import { scriptColumns } from './objects';

type Methods = Pick<ScriptStore, 'list' | 'published' | 'ofProject'>;

/** Texts are long, and no list shows them. */
const listColumns = scriptColumns.filter((column) => column !== 'text');
const withoutText = (row: Omit<StoredScript, 'text'>): StoredScript => ({ ...row, text: '' });

export function listMethods(db: Database): Methods {
  return {
    list: async (tenant, filter, page) => {
      const { project, directory, search, state, memberId } = filter;
      const scope = ['scripts', tenant, project, directory, search, state, memberId];
      const paging = new Paging(scope, page);
      const rows = await chosen(db, tenant, filter)
        .select(listColumns)
        .where(paging.after('created_at', 'id'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(paging.limit)
        .execute();
      return paging.page(rows, ({ createdAt, id }) => ({ at: createdAt, id }), withoutText);
    },
    published: async (tenant, filter, page) => {
      const { project, search, memberId } = filter;
      const paging = new Paging(['published', tenant, project, search, memberId], page);
      const rows = await chosen(db, tenant, { ...filter, directory: null, state: 'published' })
        .select(listColumns)
        .where(paging.after('published_at', 'id'))
        .orderBy('published_at', 'desc')
        .orderBy('id', 'desc')
        .limit(paging.limit)
        .execute();
      return paging.page(rows, ({ publishedAt, id }) => ({ at: publishedAt!, id }), withoutText);
    },
    ofProject: async (tenant, project, most) => {
      const filter = { project, directory: null, search: null, state: null, memberId: null };
      const rows = await chosen(db, tenant, filter)
        .select(listColumns)
        .orderBy('name')
        .orderBy('id')
        .limit(most)
        .execute();
      return rows.map(withoutText);
    },
  };
}

function chosen(
  db: Database,
  tenant: string,
  { project, directory, search, state, memberId }: ScriptFilter,
) {
  return db
    .selectFrom('scripts')
    .where('tenant', '=', tenant)
    .$if(project !== null, (query) => query.where('project', '=', project!))
    .$if(directory !== null, (query) => query.where('directory', '=', directory!))
    .$if(search !== null, (query) =>
      query.where(sql<boolean>`strpos(folded_name, ${folded(search!)}) > 0`),
    )
    .$if(state === 'published', (query) => query.where('published_at', 'is not', null))
    .$if(state === 'submitted' || state === 'draft', (query) =>
      query
        .where('published_at', 'is', null)
        .where('submitted_version', state === 'draft' ? 'is' : 'is not', null),
    )
    .$if(memberId !== null, (query) =>
      query.where('project', 'in', openProjects(db, tenant, memberId!)),
    );
}
