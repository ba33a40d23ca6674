/** Which paths connections may touch: those below an allowed folder once links are resolved. */
import { readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { TablegateError } from '../model/errors';

/** Whether a path is a folder or in it, as both are written. */
export function isBelow(candidate: string, root: string): boolean {
  const relative = path.relative(root, candidate);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** The allowed folders with their links resolved; one that does not exist allows nothing. */
export async function realRoots(filesRoots: string[]): Promise<string[]> {
  const resolved = await Promise.all(filesRoots.map((root) => realpath(root).catch(() => null)));
  return resolved.filter((root) => root !== null);
}

function outside(givenPath: string, filesRoots: string[]): TablegateError {
  const allowed = filesRoots.length > 0 ? filesRoots.join(', ') : 'none';
  const detail =
    `The path ${givenPath} is outside the allowed folders (${allowed}); ` +
    'move the files there. TABLEGATE_FILES_ROOTS allows further ones, to the tenant "default" alone.';
  return new TablegateError('pathOutsideRoots', detail, {
    fields: [{ path: 'config.path', message: detail }],
  });
}

/**
 * Resolves `..` and links of a path, of which the end may not exist yet.
 * @param givenPath absolute, or relative to the first allowed folder
 * @returns the real absolute path
 * @throws TablegateError pathOutsideRoots, naming the allowed folders, and for which tenant the setting allows more
 */
export async function resolveInRoots(givenPath: string, filesRoots: string[]): Promise<string> {
  const absolute = path.resolve(filesRoots[0] ?? path.sep, givenPath);
  const resolved = await resolveExisting(absolute);
  const roots = await realRoots(filesRoots);
  if (!roots.some((root) => isBelow(resolved, root))) throw outside(givenPath, filesRoots);
  return resolved;
}

async function resolveExisting(absolute: string): Promise<string> {
  try {
    return await realpath(absolute);
  } catch (error) {
    const parent = path.dirname(absolute);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === absolute) throw error;
    const realParent = await resolveExisting(parent);
    const place = path.join(realParent, path.basename(absolute));
    // A link to what is not there yet: what is written there lands where it leads.
    const target = await readlink(place).catch(() => null);
    return target === null ? place : resolveExisting(path.resolve(realParent, target));
  }
}
