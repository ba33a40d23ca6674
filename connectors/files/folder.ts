/** Which file of a folder is which table. */
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { tableNotFound } from '../columns';
import { ConnectorError, type TableRef } from '../connector';
import { fileSystemError } from '../file-system-error';
import { isBelow, resolveInRoots } from '../roots';

type FileFormat = 'csv' | 'parquet';

/** One file that holds a table. */
export interface TableFile {
  /** As it stands in the folder, for messages. */
  name: string;
  /** Links resolved. */
  path: string;
  format: FileFormat;
  compressed: boolean;
}

const nameOfTableFile = /^([^.].*?)\.(csv|tsv|csv\.gz|tsv\.gz|parquet)$/is;

/** Name of the table that a file holds; null for files that hold none. */
function tableOfFile(fileName: string): string | null {
  // Some file systems keep accents apart from their letters; a table has one name everywhere.
  return nameOfTableFile.exec(fileName)?.[1]?.normalize('NFC') ?? null;
}

/**
 * The folder's real path.
 * @throws TablegateError pathOutsideRoots; ConnectorError when there is no such folder
 */
export async function resolveFolder(folder: string, filesRoots: string[]): Promise<string> {
  try {
    const resolved = await resolveInRoots(folder, filesRoots);
    if ((await stat(resolved)).isDirectory()) return resolved;
  } catch (error) {
    throw fileSystemError(`The folder ${folder}`, error);
  }
  throw new ConnectorError(`${folder} is not a folder.`);
}

/**
 * A path of a script within the folder of its connection: beyond that, others may have grants.
 * @param configured as the connection has the folder
 * @param folder the same with its links resolved
 * @throws ConnectorError
 */
export function pathInFolder(
  given: string,
  { configured, folder, filesRoots }: { configured: string; folder: string; filesRoots: string[] },
): string {
  const place = path.resolve(folder, given);
  const asWritten = path.resolve(filesRoots[0] ?? path.sep, configured);
  if (isBelow(place, folder) || isBelow(place, asWritten)) return place;
  throw new ConnectorError(
    `${given} is not in the folder of the connection; name the connection that has it.`,
  );
}

/** Names of the files that hold tables, by table, in order. */
export async function tableFiles(folder: string): Promise<Map<string, string[]>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileSystemError(`The folder ${folder}`, error);
  });
  const byTable = new Map<string, string[]>();
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const table = entry.isDirectory() ? null : tableOfFile(entry.name);
    if (table === null) continue;
    byTable.set(table, [...(byTable.get(table) ?? []), entry.name]);
  }
  return byTable;
}

/** @throws ConnectorError when two files would be the same table, naming both */
export function refuseSharedName(table: string, files: string[]): void {
  if (files.length < 2) return;
  throw new ConnectorError(
    `The files ${files.join(' and ')} would both be the table main.${table}; rename one of them.`,
  );
}

/**
 * The file of a table.
 * @throws TablegateError tableNotFound, pathOutsideRoots (a link that leads outside); ConnectorError
 */
export async function findTableFile(
  folder: string,
  ref: TableRef,
  filesRoots: string[],
): Promise<TableFile> {
  const tables = ref.schema === 'main' ? await tableFiles(folder) : new Map<string, string[]>();
  return pickTableFile({ folder, tables }, ref, filesRoots);
}

/**
 * The same of a folder that was read before.
 * @param read.tables what `tableFiles` gave
 * @throws as `findTableFile`
 */
export async function pickTableFile(
  { folder, tables }: { folder: string; tables: ReadonlyMap<string, string[]> },
  ref: TableRef,
  filesRoots: string[],
): Promise<TableFile> {
  const table = ref.table.normalize('NFC');
  const files = tables.get(table) ?? [];
  refuseSharedName(table, files);
  const [name] = files;
  if (name === undefined) throw tableNotFound(ref, `the folder ${folder}`);
  try {
    const resolved = await realpath(path.join(folder, name));
    const allowed = await resolveInRoots(resolved, filesRoots);
    if (!(await stat(allowed)).isFile()) {
      throw new ConnectorError(`${name} is not a regular file.`);
    }
    const lower = name.toLowerCase();
    return {
      name,
      path: allowed,
      format: lower.endsWith('.parquet') ? 'parquet' : 'csv',
      compressed: lower.endsWith('.gz'),
    };
  } catch (error) {
    throw fileSystemError(name, error);
  }
}
