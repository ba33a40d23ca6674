import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, isBuilt } from '../../scripts/build-if-needed.mjs';

const project = path.join(__dirname, '..', '..');
let root = '';

beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  root = await mkdtemp(path.join(tmpdir(), 'build-'));
  symlinkSync(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
  for (const name of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) {
    writeFileSync(path.join(root, name), readFileSync(path.join(project, name)));
  }
  mkdirSync(path.join(root, 'store', 'migrations'), { recursive: true });
  write('config.ts', 'export const port = 8080;\n');
  write('store/migrations/001.sql', 'select 1;\n');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);
const dist = (name: string) => path.join(root, 'dist', name);

describe('dist', () => {
  test('has the compiled sources and what they read beside them', () => {
    build(root);
    expect(readFileSync(dist('config.js'), 'utf8')).toContain('exports.port = 8080');
    expect(readFileSync(dist('store/migrations/001.sql'), 'utf8')).toBe('select 1;\n');
    expect(readdirSync(root).filter((name) => name.startsWith('.dist-'))).toEqual([]);
  });

  test('has a command that may be run, also when it is built anew', () => {
    mkdirSync(path.join(root, 'cli'));
    for (const code of [1, 2]) {
      write('cli/main.ts', `process.exitCode = ${code};\n`);
      build(root);
      expect(statSync(dist('cli/main.js')).mode & 0o111).toBe(0o111);
    }
  });

  test('is stale when a source changed, not when only its time did', () => {
    expect(isBuilt(root)).toBe(false);
    build(root);
    utimesSync(path.join(root, 'config.ts'), new Date(), new Date());
    expect(isBuilt(root)).toBe(true);
    write('store/migrations/002.sql', 'select 2;\n');
    expect(isBuilt(root)).toBe(false);
  });

  test('has nothing of a source that is gone', () => {
    write('gone.ts', 'export {};\n');
    build(root);
    rmSync(path.join(root, 'gone.ts'));
    build(root);
    expect(existsSync(dist('gone.js'))).toBe(false);
  });

  test('stays as it was when the compiler refuses the sources', () => {
    build(root);
    write('config.ts', 'export const port: string = 8080;\n');
    expect(() => build(root)).toThrow('The compiler failed');
    expect(readFileSync(dist('config.js'), 'utf8')).toContain('exports.port = 8080');
    expect(isBuilt(root)).toBe(false);
  });
});
