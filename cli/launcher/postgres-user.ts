/** The user that PostgreSQL runs as: it refuses to run as root. */
import { runCommand } from './run-command';

export interface PostgresUser {
  name: string;
  uid: number;
  gid: number;
}

/** Looked for in this order; the first is the one that is made when neither is there. */
const names = ['tablegate', 'postgres'];

/**
 * @param log takes one line when a user has to be made
 * @returns null when this process is not root, so that PostgreSQL can run as it is
 * @throws Error when this process is root and no unprivileged user can be had
 */
export async function postgresUser(log: (line: string) => void): Promise<PostgresUser | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of names) {
    const user = await lookUp(name);
    if (user) return user;
  }
  const made = await makeUser(names[0] as string, log);
  if (made) return made;
  throw new Error(
    'PostgreSQL does not run as root and no user could be made for it. Start as another user, ' +
      'make a user named postgres, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

async function lookUp(name: string): Promise<PostgresUser | null> {
  const uid = await idOf('-u', name);
  const gid = await idOf('-g', name);
  return uid === null || gid === null ? null : { name, uid, gid };
}

async function idOf(flag: '-u' | '-g', name: string): Promise<number | null> {
  const { code, output } = await runCommand('id', [flag, name], { limitMs: 10_000 });
  return code === 0 && /^\d+$/.test(output) ? Number(output) : null;
}

async function makeUser(name: string, log: (line: string) => void): Promise<PostgresUser | null> {
  log(`PostgreSQL does not run as root: making the system user ${name} for it`);
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name]],
    // BusyBox, as in Alpine.
    ['adduser', ['-S', '-D', '-H', '-s', '/bin/false', name]],
  ];
  for (const [command, args] of ways) {
    const { code } = await runCommand(command, args, { limitMs: 10_000 });
    if (code === 0) return lookUp(name);
  }
  return null;
}
