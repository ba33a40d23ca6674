/** The tree of directories with the scripts in them. */

interface Directory {
  id: string;
  parent: string;
  name: string;
}

interface Script {
  id: string;
  directory: string;
  name: string;
}

export interface Folder<Row extends Script = Script> {
  /** `0`: the root. */
  id: string;
  name: string;
  folders: Folder<Row>[];
  scripts: Row[];
}

export const root = '0';

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);

/**
 * A directory or script whose directory is not known, as it was made or removed a moment ago, lies
 * under the root until the lists agree again.
 */
export function treeOf<Row extends Script>(
  directories: readonly Directory[],
  scripts: readonly Row[],
  rootName: string,
): Folder<Row> {
  const known = new Set(directories.map(({ id }) => id));
  const place = (id: string): string => (known.has(id) ? id : root);
  const folderOf = (id: string, name: string): Folder<Row> => ({
    id,
    name,
    folders: directories
      .filter((one) => one.id !== id && place(one.parent) === id)
      .map((one) => folderOf(one.id, one.name))
      .sort(byName),
    scripts: scripts.filter((one) => place(one.directory) === id).sort(byName),
  });
  return folderOf(root, rootName);
}

/** Only what a search finds, with the folders that it lies in; the whole tree for an empty search. */
export function found<Row extends Script>(folder: Folder<Row>, search: string): Folder<Row> {
  const text = search.trim().toLowerCase();
  if (text === '') return folder;
  const has = ({ name }: { name: string }) => name.toLowerCase().includes(text);
  return {
    ...folder,
    folders: folder.folders
      .map((one) => (has(one) ? one : found(one, search)))
      .filter((one) => has(one) || one.folders.length > 0 || one.scripts.length > 0),
    scripts: folder.scripts.filter(has),
  };
}

export interface Choice {
  value: string;
  label: string;
}

/** All folders by their path, the root first; without one and what is in it, where it is to be moved. */
export function folderChoices(folder: Folder, without: string | null = null): Choice[] {
  const walk = (at: Folder, path: string): Choice[] =>
    at.id === without
      ? []
      : [
          { value: at.id, label: path },
          ...at.folders.flatMap((one) => walk(one, `${path} / ${one.name}`)),
        ];
  return walk(folder, folder.name);
}

/** Ids of the folders from the root to the one that holds a script. */
export function wayTo(folder: Folder, scriptId: string): string[] | null {
  if (folder.scripts.some(({ id }) => id === scriptId)) return [folder.id];
  for (const one of folder.folders) {
    const way = wayTo(one, scriptId);
    if (way) return [folder.id, ...way];
  }
  return null;
}
