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
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
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

  test('has the TypeScript of the addon alone, whose C is built by itself', () => {
    mkdirSync(path.join(root, 'native', 'build'), { recursive: true });
    write('native/ids.ts', 'export const ids = 1;\n');
    build(root);
    write('native/ids.c', 'int ids;\n');
    write('native/ids.h', 'extern int ids;\n');
    write('native/build/ids.node', 'compiled');
    expect(isBuilt(root)).toBe(true);
    write('native/ids.ts', 'export const ids = 2;\n');
    build(root);
    expect(readdirSync(dist('native')).toSorted()).toEqual(['ids.d.ts', 'ids.js', 'ids.js.map']);
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

describe('the console', () => {
  const config = `export default {
    root: import.meta.dirname,
    build: { rolldownOptions: { output: { entryFileNames: 'assets/main.js' } } },
  };\n`;
  const script = (text: string) => `document.title = ${JSON.stringify(text)};\n`;
  const built = (name: string) => dist(path.join('console', name));
  const inode = (name: string) => statSync(dist(name)).ino;

  beforeEach(() => {
    mkdirSync(path.join(root, 'console'));
    write('console/index.html', '<script type="module" src="/main.ts"></script>\n');
    write('console/vite.config.mts', config);
    write('console/main.ts', script('x'.repeat(2000)));
  });

  test('is bundled beside what is compiled, and packed', () => {
    build(root);
    const text = readFileSync(built('assets/main.js'), 'utf8');
    expect(text).toContain('x'.repeat(2000));
    expect(brotliDecompressSync(readFileSync(built('assets/main.js.br'))).toString()).toBe(text);
    expect(gunzipSync(readFileSync(built('assets/main.js.gz'))).toString()).toBe(text);
    expect(existsSync(built('index.html.gz'))).toBe(false);
    expect(existsSync(built('main.ts'))).toBe(false);
    expect(isBuilt(root)).toBe(true);
  });

  test('alone is bundled anew where only its sources changed, or it is missing', () => {
    build(root);
    const before = inode('config.js');
    write('console/main.ts', script('changed'));
    expect(isBuilt(root)).toBe(false);
    build(root);
    expect(readFileSync(built('assets/main.js'), 'utf8')).toContain('changed');
    rmSync(dist('console'), { recursive: true });
    expect(isBuilt(root)).toBe(false);
    build(root);
    expect(existsSync(built('index.html'))).toBe(true);
    expect(inode('config.js')).toBe(before);
  });

  test('is taken along where only other sources changed', () => {
    build(root);
    const before = readFileSync(built('assets/main.js'), 'utf8');
    write('console/vite.config.mts', config);
    write('config.ts', 'export const port = 9090;\n');
    build(root);
    expect(readFileSync(built('assets/main.js'), 'utf8')).toBe(before);
    expect(readFileSync(dist('config.js'), 'utf8')).toContain('9090');
    expect(isBuilt(root)).toBe(true);
  });

  test('stays as it was when its sources are refused', () => {
    build(root);
    write('console/main.ts', 'const = 1;\n');
    expect(() => build(root)).toThrow('The bundler of the console failed');
    expect(existsSync(built('index.html'))).toBe(true);
    expect(isBuilt(root)).toBe(false);
  });
});
