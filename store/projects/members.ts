/** Who may see and use a project; one without members is open to its tenant. */
import { TablegateError } from '../../model/errors';
import { isDangling } from '../errors';
import type { Database } from '../schema';
import type { ProjectStore } from '../store';

type Methods = Pick<
  ProjectStore,
  'members' | 'addMember' | 'removeMember' | 'ofMember' | 'isOpenTo'
>;

export function memberMethods(db: Database): Methods {
  return {
    members: (tenant, project) =>
      db
        .selectFrom('project_members')
        .innerJoin('users', (join) =>
          join
            .onRef('users.tenant', '=', 'project_members.tenant')
            .onRef('users.id', '=', 'project_members.user_id'),
        )
        .select(['project_members.user_id as userId', 'users.name', 'added_at as addedAt'])
        .where('project_members.tenant', '=', tenant)
        .where('project', '=', project)
        .orderBy('added_at')
        .orderBy('project_members.user_id')
        .execute(),
    addMember: async (tenant, project, userId) => {
      try {
        await db
          .insertInto('project_members')
          .values({ tenant, project, user_id: userId })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      } catch (error) {
        if (isDangling(error, 'project_members_user')) {
          throw new TablegateError('userNotFound', `There is no user ${userId}.`);
        }
        if (isDangling(error, 'project_members_project')) {
          throw new TablegateError('projectNotFound', `There is no project ${project}.`);
        }
        throw error;
      }
    },
    removeMember: async (tenant, project, userId) => {
      const { numDeletedRows } = await db
        .deleteFrom('project_members')
        .where('tenant', '=', tenant)
        .where('project', '=', project)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    ofMember: (tenant, userId) =>
      db
        .selectFrom('project_members')
        .innerJoin('projects', (join) =>
          join
            .onRef('projects.tenant', '=', 'project_members.tenant')
            .onRef('projects.id', '=', 'project_members.project'),
        )
        .select(['projects.id', 'projects.name', 'mode', 'created_at as createdAt'])
        .where('project_members.tenant', '=', tenant)
        .where('user_id', '=', userId)
        .orderBy('projects.name')
        .orderBy('projects.id')
        .execute(),
    isOpenTo: async (tenant, project, userId) => {
      const members = await db
        .selectFrom('project_members')
        .select((select) => [
          select.fn.countAll<string>().as('all'),
          select.fn.countAll<string>().filterWhere('user_id', '=', userId).as('own'),
        ])
        .where('tenant', '=', tenant)
        .where('project', '=', project)
        .executeTakeFirstOrThrow();
      return Number(members.all) === 0 || Number(members.own) > 0;
    },
  };
}
