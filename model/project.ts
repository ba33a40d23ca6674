/** Projects, and what they are divided into: workspaces and directories. */
import { z } from 'zod';
import { idSchema, nameSchema, noControlCharacters } from './fields';

/** Basic: what is submitted runs in production. DevProd: it has to be published first. */
export const projectModes = ['Basic', 'DevProd'] as const;
export type ProjectMode = (typeof projectModes)[number];

/** The project that every tenant begins with, and the workspace that every project begins with. */
export const defaultProject = 'default';
export const defaultWorkspace = 'default';

/** The directory that every project has and nobody makes. */
export const rootDirectory = '0';

/** Most directories on the way from the root to one, itself included. */
export const maxDirectoryDepth = 10;

export const projectIdSchema = z.union([idSchema, z.literal(defaultProject)], {
  error: 'the id of a project has 32 lower-case hex characters, or is "default"',
});

export const directoryIdSchema = z.union([idSchema, z.literal(rootDirectory)], {
  error: 'the id of a directory has 32 lower-case hex characters; "0" is the root',
});

export const directoryNameSchema = z
  .string()
  .trim()
  .min(1, 'a name is needed')
  .max(64, 'at most 64 characters are allowed')
  .regex(noControlCharacters, 'no control characters are allowed')
  .regex(/^[^/\\]*$/, 'no / and no \\ are allowed');

export const projectInputSchema = z.strictObject({
  name: nameSchema,
  mode: z.enum(projectModes).meta({
    description:
      '`Basic`: a submitted script is in production at once. `DevProd`: it has to be published first',
  }),
});
export type ProjectInput = z.infer<typeof projectInputSchema>;

export const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  mode: z.enum(projectModes),
  createdAt: z.string(),
});
export type Project = z.infer<typeof projectSchema>;

export const workspaceSchema = z.object({
  id: z.string(),
  project: z.string(),
  name: z.string(),
  createdAt: z.string(),
});
export type Workspace = z.infer<typeof workspaceSchema>;

export const projectMemberSchema = z.object({
  userId: z.string(),
  name: z.string(),
  addedAt: z.string(),
});
export type ProjectMember = z.infer<typeof projectMemberSchema>;

export const directorySchema = z.object({
  id: z.string(),
  project: z.string(),
  parent: z.string().meta({ description: '`0`: the root of the project' }),
  name: z.string(),
  createdAt: z.string(),
});
export type Directory = z.infer<typeof directorySchema>;

/**
 * The names from the root to a directory.
 * @param all directories of the project
 * @returns empty for the root; null where there is no such directory
 */
export function directoryPath(all: readonly Directory[], id: string): string[] | null {
  if (id === rootDirectory) return [];
  const byId = new Map(all.map((directory) => [directory.id, directory]));
  const names: string[] = [];
  // Bounded, as two moves that race may make a circle.
  for (let at = byId.get(id); names.length < all.length; at = byId.get(at.parent)) {
    if (!at) return null;
    names.unshift(at.name);
    if (at.parent === rootDirectory) return names;
  }
  return null;
}

/**
 * Why a directory cannot lie in another; null where it can.
 * @param id of the directory that is moved; null for a new one
 */
export function directoryObstacle(
  all: readonly Directory[],
  id: string | null,
  parent: string,
): string | null {
  const above = ancestorsOf(all, parent);
  if (id !== null && above.includes(id)) return 'a directory cannot lie inside itself';
  const below = id === null ? 1 : heightOf(all, id);
  if (above.length + below <= maxDirectoryDepth) return null;
  return `directories may be nested at most ${maxDirectoryDepth} deep`;
}

/** Ids from a directory up to the root, which is left out. */
function ancestorsOf(all: readonly Directory[], id: string): string[] {
  const parents = new Map(all.map((directory) => [directory.id, directory.parent]));
  const ids: string[] = [];
  for (
    let at = id;
    at !== rootDirectory && !ids.includes(at);
    at = parents.get(at) ?? rootDirectory
  )
    ids.push(at);
  return ids;
}

/** How many levels a directory and all that is in it take. */
function heightOf(all: readonly Directory[], id: string): number {
  const depths = all
    .map((directory) => ancestorsOf(all, directory.id))
    .map((ids) => ids.indexOf(id) + 1);
  return Math.max(1, ...depths);
}
