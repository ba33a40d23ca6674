/** Which files a script reads: those of a table's name, or of paths with `*` in them. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileOptions } from '../../model/script-plan';
import type { FileFormat } from '../../model/script-schema';
import { tableNotFound } from '../columns';
import { ConnectorError } from '../connector';
import { fileSystemError } from '../file-system-error';
import { resolveInRoots } from '../roots';
import { refOf, type ReadRequest } from '../transfer';
import { filesConfigSchema } from './config';
import { pathInFolder, resolveFolder } from './folder';

export interface ChosenFile {
  /** For messages. */
  name: string;
  /** Links resolved. */
  path: string;
  format: 'csv' | 'parquet' | 'jsonl';
  gzip: boolean;
}

const endings: [RegExp, ChosenFile['format']][] = [
  [/\.parquet$/i, 'parquet'],
  [/\.(jsonl|ndjson|json)(\.gz)?$/i, 'jsonl'],
];
/** Files that are tables by their name. */
export const tableFile = /^([^.].*?)\.(csv|tsv|txt|parquet|jsonl|ndjson|json)(\.gz)?$/is;

const formats: Record<FileFormat, ChosenFile['format']> = {
  csv: 'csv',
  text: 'csv',
  parquet: 'parquet',
  json: 'jsonl',
  jsonl: 'jsonl',
};

export function formatOf(name: string, { format }: FileOptions): ChosenFile['format'] {
  if (format !== null) return formats[format];
  return endings.find(([ending]) => ending.test(name))?.[1] ?? 'csv';
}

/** The folder of a connection with its links resolved. */
export function folderOf(config: Record<string, unknown>, filesRoots: string[]): Promise<string> {
  return resolveFolder(filesConfigSchema.parse(config).path, filesRoots);
}

/** @throws TablegateError tableNotFound, pathOutsideRoots; ConnectorError where no file matches */
export async function chooseFiles(request: ReadRequest): Promise<ChosenFile[]> {
  const folder = await folderOf(request.config, request.context.filesRoots);
  const chosen: string[] = [];
  for (const table of request.tables) chosen.push(await fileOfTable(folder, refOf(table, 'main')));
  const { filesRoots } = request.context;
  const within = { folder, filesRoots, configured: filesConfigSchema.parse(request.config).path };
  for (const given of request.paths) {
    chosen.push(...(await filesAt(pathInFolder(given, within), given)));
  }
  return Promise.all(chosen.map((one) => checked(one, request)));
}

async function fileOfTable(
  folder: string,
  ref: { schema: string; table: string },
): Promise<string> {
  const names = await namesIn(folder);
  const wanted = ref.table.normalize('NFC');
  const found = names.filter((name) => tableFile.exec(name)?.[1]?.normalize('NFC') === wanted);
  if (ref.schema !== 'main' || found.length === 0) {
    throw tableNotFound(ref, `the folder ${folder}`);
  }
  if (found.length > 1) {
    throw new ConnectorError(
      `The files ${found.join(' and ')} would both be the table main.${wanted}; rename one of them.`,
    );
  }
  return path.join(folder, found[0]!);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    throw fileSystemError(`The folder ${folder}`, error);
  }
}

/**
 * Files of a path; a folder stands for all files in it and below it.
 * @param given as the script has it, for messages
 */
async function filesAt(place: string, given: string): Promise<string[]> {
  const steps = place.split(path.sep).slice(1);
  let found: string[] = [path.sep];
  for (const step of steps) {
    const next: string[] = [];
    for (const at of found) next.push(...(await stepInto(at, step)));
    found = next;
  }
  const files: string[] = [];
  for (const one of found) files.push(...(await filesBelow(one)));
  if (files.length === 0) throw new ConnectorError(`There is no file at ${given}.`);
  return files;
}

async function stepInto(folder: string, step: string): Promise<string[]> {
  if (!/[*?]/.test(step)) return [path.join(folder, step)];
  const escaped = step.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.') && pattern.test(name))
    .toSorted()
    .map((name) => path.join(folder, name));
}

async function filesBelow(place: string): Promise<string[]> {
  const found = await stat(place).catch(() => null);
  if (found === null) return [];
  if (!found.isDirectory()) return [place];
  const names = (await namesIn(place)).filter((name) => !name.startsWith('.'));
  const below = await Promise.all(names.map((name) => filesBelow(path.join(place, name))));
  return below.flat();
}

async function checked(place: string, request: ReadRequest): Promise<ChosenFile> {
  const name = path.basename(place);
  try {
    const allowed = await resolveInRoots(place, request.context.filesRoots);
    if (!(await stat(allowed)).isFile()) throw new ConnectorError(`${name} is not a regular file.`);
    const gzip = request.file.gzip || /\.gz$/i.test(name);
    return { name, path: allowed, format: formatOf(name, request.file), gzip };
  } catch (error) {
    throw fileSystemError(name, error);
  }
}
