/** Runs the project's lint over small offending files: a rule that no longer fires fails here. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

interface Case {
  file: string;
  text: string;
  /** Rule that must fire, and nothing else; null: the file is clean. */
  rule: string | null;
}

/** A file of `folder` that imports something: whether the import order allows it. */
function importing(folder: string, statement: string, allowed: boolean): Case {
  const name = `${folder}/${statement.replaceAll(/[^a-z]+/gi, '-')}.ts`;
  return { file: name, text: `${statement}\n`, rule: allowed ? null : 'tablegate(import-order)' };
}

/** What a file of each folder may and must not import: the one way of the design. */
const importCases: Case[] = [
  importing('model', `export { x } from './other';`, true),
  importing('model', `export { x } from '../store/x';`, false),
  importing('model', `export type { X } from '../api/x';`, false),
  importing('model', `export { readFile } from 'node:fs/promises';`, false),
  importing('model', `export { join } from 'path';`, false),
  importing('connectors/files', `export { x } from '../../model/x';`, true),
  importing('connectors/files', `export { x } from '../connector';`, true),
  importing('connectors/files', `export { x } from '../../store/x';`, false),
  importing('store', `export { x } from '../model/x';`, true),
  importing('store', `export type { X } from '../connectors/x';`, false),
  importing('store', `export * from '../scheduling/x';`, false),
  importing('activities', `export { x } from '../store/x';`, true),
  importing('activities/jobs/deep', `export { x } from '../../../connectors/x';`, true),
  importing('activities', `export { x } from '../workflows/x';`, false),
  importing('activities', `export const x = import('../scheduling/x');`, false),
  importing('activities', `export { Client } from '@temporalio/client';`, false),
  importing('workflows', `export { x } from '../model/x';`, true),
  importing('workflows', `export type { X } from '../activities/x';`, true),
  importing('workflows', `export { x } from '../activities/x';`, false),
  importing('workflows', `export type X = import('../store/x').X;`, false),
  importing('workflows', `export { createHash } from 'node:crypto';`, false),
  importing('workflows', `export { createHash } from 'crypto';`, false),
  importing('scheduling', `export { Client } from '@temporalio/client';`, true),
  importing('scheduling', `export { x } from '../store/x';`, true),
  importing('scheduling', `export type { X } from '../workflows/x';`, true),
  importing('scheduling', `export { x } from '../workflows/x';`, false),
  importing('scheduling', `export { x } from '../api/x';`, false),
  importing('api', `export { readSettings } from '../config';`, false),
  importing('api', `export type { Settings } from '../config';`, true),
  importing('api/routes', `export { x } from '../../scheduling/x';`, true),
  importing('api/routes', `export { x } from '../../model/x';`, true),
  importing('api/routes', `export { x } from '../../store/x';`, false),
  importing('api/routes', `export { x } from '../../connectors/x';`, false),
  importing('api/routes', `export { x } from '../../activities/x';`, false),
  importing('api/routes', `export { x } from '../../server';`, false),
  importing('api/routes', `export type { Client } from '@temporalio/client';`, false),
  importing('api/routes', `export const x: unknown = require('../../store/x');`, false),
  importing('cli/commands', `export { x } from '../../store/x';`, true),
  importing('cli/commands', `export { Connection } from '@temporalio/client';`, true),
  importing('.', `export { x } from './store/y';`, true),
];

const ruleCases: Case[] = [
  {
    file: 'cli/floating.ts',
    text: 'export function f(p: () => Promise<void>): void {\n  p();\n}\n',
    rule: 'typescript(no-floating-promises)',
  },
  {
    file: 'cli/misused.ts',
    text: 'export function f(p: Promise<boolean>): number {\n  return p ? 1 : 0;\n}\n',
    rule: 'typescript(no-misused-promises)',
  },
  {
    file: 'cli/awaited.ts',
    text: 'export async function f(n: number): Promise<number> {\n  await n;\n  return n;\n}\n',
    rule: 'typescript(await-thenable)',
  },
  {
    file: 'cli/type-import.ts',
    text: `import { X } from './x';\nexport function f(x: X): X {\n  return x;\n}\n`,
    rule: 'typescript(consistent-type-imports)',
  },
  {
    file: 'cli/cycle-a.ts',
    text: `import { b } from './cycle-b';\nexport const a = (): number => b();\n`,
    rule: 'import(no-cycle)',
  },
  {
    file: 'cli/cycle-b.ts',
    text: `import { a } from './cycle-a';\nexport const b = (): number => a();\n`,
    rule: 'import(no-cycle)',
  },
  {
    file: 'api/console.ts',
    text: 'export function f(): void {\n  console.log(1);\n}\n',
    rule: 'eslint(no-console)',
  },
  {
    file: 'test/focused.test.ts',
    text: `it.only('is focused', () => {\n  expect(process.pid).toBe(1);\n});\n`,
    rule: 'jest(no-focused-tests)',
  },
  {
    file: 'test/switched-off.test.ts',
    text: `it.skip('is switched off', () => {\n  expect(process.pid).toBe(1);\n});\n`,
    rule: 'jest(no-disabled-tests)',
  },
];

const cases = [...importCases, ...ruleCases];

/** Rules that fired, by file. */
async function lint(folder: string): Promise<Map<string, string[]>> {
  const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');
  const output = await new Promise<string>((resolve) => {
    // It ends with 1 as there are findings; an output that is no JSON fails the caller.
    execFile(process.execPath, [oxlint, '--format', 'json'], { cwd: folder }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const fired = new Map<string, string[]>();
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { filename: string; code: string }[];
  };
  for (const { filename, code } of diagnostics) {
    const file = path.normalize(filename);
    fired.set(file, [...(fired.get(file) ?? []), code]);
  }
  return fired;
}

let folder: string;
let fired: Map<string, string[]>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tablegate-lint-'));
  await cp(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  await cp(path.join(root, 'scripts/lint'), path.join(folder, 'scripts/lint'), { recursive: true });
  await writeFile(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { strict: true, types: [] }, include: ['**/*.ts'] }),
  );
  for (const { file, text } of cases) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  fired = await lint(folder);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const titled = importCases.map((one) => ({
  ...one,
  verb: one.rule === null ? 'may' : 'must not',
  from: path.dirname(one.file),
  what: one.text.trim(),
}));

test.each(titled)('a file of $from $verb hold: $what', ({ file, rule }) => {
  expect(fired.get(path.normalize(file)) ?? []).toEqual(rule === null ? [] : [rule]);
});

test.each(ruleCases)('$rule finds what $file does', ({ file, rule }) => {
  expect(fired.get(file)).toEqual([rule]);
});
