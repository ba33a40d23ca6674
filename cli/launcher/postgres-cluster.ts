/** The files of the embedded PostgreSQL: where they lie, how they are made, who may read them. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PostgresBinaries } from './postgres-binaries';
import type { PostgresUser } from './postgres-user';
import { runCommand } from './run-command';

export interface Cluster {
  /** Folder (absolute) of the database files. */
  dir: string;
  password: string;
}

export interface ClusterOptions {
  /** Folder (absolute) for the cluster and its password. */
  dataDir: string;
  binaries: PostgresBinaries;
  user: PostgresUser | null;
  /** Folder for the files when `user` cannot enter `dataDir`. */
  sharedDir: string;
  log: (line: string) => void;
}

/** Superuser of the embedded PostgreSQL. */
export const postgresRole = 'tablegate';

/**
 * Finds the cluster of a data folder, or makes it.
 * @throws Error when it cannot be made
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, user } = options;
  await mkdir(dataDir, { recursive: true, mode: user ? 0o711 : 0o700 });
  const dir = await placeOf(options);
  const password = await passwordOf(dataDir);
  if (!existsSync(path.join(dir, 'PG_VERSION'))) await makeCluster(dir, password, options);
  return { dir, password };
}

/** One line, readable for its owner only; made once. */
async function passwordOf(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'postgres.password');
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
}

/**
 * The cluster lies in the data folder, except where its user cannot get there; then a line in the
 * data folder says where it is.
 */
async function placeOf({ dataDir, user, sharedDir, log }: ClusterOptions): Promise<string> {
  const pointer = path.join(dataDir, 'postgres.location');
  if (existsSync(pointer)) return (await readFile(pointer, 'utf8')).trim();
  const inside = path.join(dataDir, 'postgres');
  if (!user || (await canEnter(dataDir, user))) return inside;
  const outside = path.join(sharedDir, `cluster-${randomBytes(6).toString('hex')}`);
  log(
    `PostgreSQL runs as the user ${user.name}, who cannot enter ${dataDir}: ` +
      `its files go to ${outside} (noted in ${pointer})`,
  );
  await mkdir(sharedDir, { recursive: true, mode: 0o755 });
  await writeFile(`${pointer}.new`, `${outside}\n`);
  await rename(`${pointer}.new`, pointer);
  return outside;
}

async function canEnter(folder: string, { uid, gid }: PostgresUser): Promise<boolean> {
  const { code } = await runCommand('/bin/sh', ['-c', 'cd -- "$0"', folder], {
    uid,
    gid,
    cwd: '/',
    limitMs: 10_000,
  });
  return code === 0;
}

/** Makes the files aside and moves them into place whole. */
async function makeCluster(
  dir: string,
  password: string,
  { binaries, user, log }: ClusterOptions,
): Promise<void> {
  log(`PostgreSQL: making its files in ${dir}`);
  const draft = `${dir}.new`;
  const passwordFile = `${dir}.secret`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (user) {
      await chown(draft, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
    }
    const { code, output } = await runCommand(binaries.initdb, initdbArgs(draft, passwordFile), {
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
      cwd: draft,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      limitMs: 120_000,
    });
    if (code !== 0) throw new Error(`PostgreSQL's initdb failed: ${output}`);
    await rename(draft, dir);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The built-in locale sorts the same on every machine, whatever locales that has. */
function initdbArgs(dir: string, passwordFile: string): string[] {
  return [
    `--pgdata=${dir}`,
    `--username=${postgresRole}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
}
