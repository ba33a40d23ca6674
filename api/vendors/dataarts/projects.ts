/** `GET /v3/projects`, by which clients of the identity service look up the id of their project. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Settings } from '../../../config';
import { TablegateError } from '../../../model/errors';
import type { Project } from '../../../model/project';
import type { Scheduling } from '../../../scheduling/scheduling';
import { noteForLog } from '../../request-log';
import { sendExact } from './answers';
import { identify } from './authenticate';

export const projectsPath = '/v3/projects';

/** Most projects that are listed; more are found by name. */
const mostListed = 1000;

const links = z.object({ self: z.string() });
const shownProject = z.object({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  parent_id: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  is_domain: z.boolean(),
  links,
});

export const projectsShape = z
  .object({
    projects: z.array(shownProject),
    links: links.extend({ previous: z.null(), next: z.null() }),
  })
  .meta({ id: 'IdentityProjects' });

/** Answers with the projects that are open to the caller, and that the token is for. */
export async function listProjects(
  { scheduling, settings }: { scheduling: Scheduling; settings: Settings },
  req: Request,
  res: Response,
): Promise<void> {
  noteForLog(req, { route: projectsPath, path: projectsPath });
  if (req.method !== 'GET') {
    res.setHeader('Allow', 'GET');
    throw new TablegateError('methodNotAllowed', `${req.method} is not taken here; use GET`);
  }
  const { caller, scope } = await identify(req, res, scheduling, settings);
  noteForLog(req, { user: caller.name });
  const page = { pageSize: mostListed, pageToken: null };
  const { items } = await scheduling.projects.list(caller, page);
  const name = new URL(req.originalUrl, 'http://here').searchParams.get('name')?.toLowerCase();
  const wanted = items.filter((project) => {
    const isNamed = !name || project.name.toLowerCase() === name || project.id === name;
    return isNamed && (scope === null || project.id === scope);
  });
  const answer: z.input<typeof projectsShape> = {
    projects: wanted.map((project) => shown(project, caller.tenant)),
    links: { self: projectsPath, previous: null, next: null },
  };
  sendExact(res, 200, answer);
}

function shown({ id, name }: Project, tenant: string): z.input<typeof shownProject> {
  return {
    ...{ id, name, domain_id: tenant, parent_id: tenant, description: '' },
    ...{ enabled: true, is_domain: false, links: { self: `${projectsPath}/${id}` } },
  };
}
