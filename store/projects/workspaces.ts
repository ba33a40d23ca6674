/** Workspaces of projects. */
import { TablegateError } from '../../model/errors';
import { isDangling, isTaken } from '../errors';
import type { Database } from '../schema';
import type { ProjectStore } from '../store';

type Methods = Pick<ProjectStore, 'workspaces' | 'createWorkspace' | 'removeWorkspace'>;

const workspaceColumns = ['id', 'project', 'name', 'created_at as createdAt'] as const;

export function workspaceMethods(db: Database): Methods {
  return {
    workspaces: (tenant, project) =>
      db
        .selectFrom('workspaces')
        .select(workspaceColumns)
        .where('tenant', '=', tenant)
        .where('project', '=', project)
        .orderBy('created_at')
        .orderBy('id')
        .execute(),
    createWorkspace: async (tenant, { project, id, name }) => {
      try {
        return await db
          .insertInto('workspaces')
          .values({ tenant, project, id, name })
          .returning(workspaceColumns)
          .executeTakeFirstOrThrow();
      } catch (error) {
        if (isDangling(error, 'workspaces_project')) {
          throw new TablegateError('projectNotFound', `There is no project ${project}.`);
        }
        if (!isTaken(error, 'workspaces_name')) throw error;
        const message = `the project has a workspace "${name}" already`;
        throw new TablegateError('nameTaken', `T${message.slice(1)}.`, {
          fields: [{ path: 'name', message }],
        });
      }
    },
    removeWorkspace: async (tenant, project, id) => {
      const { numDeletedRows } = await db
        .deleteFrom('workspaces')
        .where('tenant', '=', tenant)
        .where('project', '=', project)
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}
