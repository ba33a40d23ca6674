import { run } from './support/command-line';

const commands = [
  'backfill',
  ...['list', 'show', 'watch', 'pause', 'resume', 'cancel', 'retry-failed'].map(
    (name) => `backfill ${name}`,
  ),
  'task',
  ...['list', 'show', 'create', 'edit', 'pause', 'resume', 'remove', 'urls', 'instances'].map(
    (name) => `task ${name}`,
  ),
  'task preview',
  'run',
  ...['start', 'list', 'show', 'log', 'cancel', 'rerun'].map((name) => `run ${name}`),
  'trigger',
  ...['table', 'list', 'apply'].map((name) => `trigger ${name}`),
  'script',
  'script validate',
];

/** Names of the subcommands that a help lists. */
function subcommandsIn(help: string): string[] {
  const [, list = ''] = /^Commands:\n([^]*?)\n\n/m.exec(help) ?? [];
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name ?? '');
}

test.each(commands)('%s has a help with an example of itself', async (command) => {
  const { code, out } = await run([...command.split(' '), '--help']);
  expect(code).toBe(0);
  expect(out).toContain(`Usage: tablegate ${command}`);
  expect(out).toMatch(new RegExp(`^Examples?:\\n  npx tablegate ${command}\\b`, 'm'));
});

test.each(['backfill', 'task', 'run', 'trigger', 'script'])(
  'all subcommands of %s are looked at here',
  async (group) => {
    const { out } = await run([group, '--help']);
    const named = subcommandsIn(out).filter((name) => name !== 'help');
    expect(named.length).toBeGreaterThan(0);
    expect(
      named.map((name) => `${group} ${name}`).filter((name) => !commands.includes(name)),
    ).toEqual([]);
  },
);

test.each([
  ['an unknown command', ['backfil']],
  ['an unknown subcommand', ['run', 'begin']],
  ['an unknown option', ['run', 'list', '--nonsense']],
  ['an argument that is missing', ['task', 'show']],
  ['an argument too much', ['task', 'show', 'a', 'b']],
  ['a choice that there is not', ['run', 'list', '--status', 'fine']],
  ['a number that is none', ['run', 'list', '--limit', 'many']],
  ['options before the subcommand, where they would be lost', ['backfill', '--json', 'list']],
  ['a group without a subcommand', ['task']],
])('%s ends with code 2', async (_what, args) => {
  const { code, out, err } = await run(args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain('Usage: tablegate');
});

test('a command that is misspelt is named, with those that there are', async () => {
  const { err } = await run(['backfil', 'list']);
  expect(err).toMatch(/^error: there is no command 'backfil'\n/);
  expect(err).toContain('Usage: tablegate [options] [command]');
  expect(err).toMatch(/^ {2}backfill /m);
});
