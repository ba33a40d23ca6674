/** The addon of ID mapping, compiled on the machine that it runs on. Needs a C compiler (`CC`, `cc`). */
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildNativeIfNeeded } from '../../scripts/build-native.mjs';

const project = path.join(__dirname, '..', '..');
const scripts = ['build-native.mjs', 'is-running.mjs'];
const compilerHere = process.env.CC;
let root = '';
let said: string[] = [];

beforeAll(() => {
  const compiler = (process.env.CC ?? 'cc').split(' ')[0]!;
  if (spawnSync(compiler, ['--version']).status === 0) return;
  throw new Error(
    `These tests need a C compiler, such as gcc (Debian: gcc, libc6-dev); ${compiler} does not run`,
  );
});
beforeEach(async () => {
  // With a space, as the folders of people have.
  root = await mkdtemp(path.join(tmpdir(), 'build native-'));
  symlinkSync(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
  mkdirSync(path.join(root, 'native'));
  write('native/answer.h', '#define ANSWER 41\n');
  write('native/ids.c', source);
  said = [];
});
afterEach(async () => {
  useCompiler(compilerHere);
  await rm(root, { recursive: true, force: true });
});

const source = `
#include <node_api.h>
#include "answer.h"
NAPI_MODULE_INIT() {
  napi_value answer;
  napi_create_int32(env, ANSWER, &answer);
  napi_set_named_property(env, exports, "answer", answer);
  return exports;
}
`;

const at = (name: string) => path.join(root, name);
const write = (name: string, text: string) => writeFileSync(at(name), text);
const addon = () => at('native/build/ids.node');
const inode = () => statSync(addon()).ino;

function build(options: { retry?: boolean } = {}): void {
  buildNativeIfNeeded(root, { ...options, log: (line) => said.push(line) });
}

function useCompiler(compiler: string | undefined): void {
  if (compiler === undefined) delete process.env.CC;
  else process.env.CC = compiler;
}

/** A compiler that counts its calls in `calls` and then does as told. */
function fakeCompiler(script: string): void {
  write('compiler', `#!/bin/sh\necho >> calls\n${script}\n`);
  chmodSync(at('compiler'), 0o755);
  useCompiler('./compiler -g');
}

const calls = () => readFileSync(at('calls'), 'utf8').length;

/** In a process of its own, as a loaded addon stays in the one that loaded it. */
function answer(): number {
  const read = ['-p', 'require(process.argv[1]).answer', addon()];
  return Number(spawnSync(process.execPath, read).stdout);
}

describe('an addon', () => {
  test('is compiled once, and again when a source has changed', () => {
    build();
    expect(answer()).toBe(41);
    const before = inode();
    build({ retry: true });
    expect(inode()).toBe(before);

    write('native/answer.h', '#define ANSWER 42\n');
    build();
    expect(answer()).toBe(42);
    expect(readdirSync(at('native/build')).toSorted()).toEqual(['.build.json', 'ids.node']);
    expect(said).toEqual([]);
  });

  test('is compiled again where it is not what was made, and what a killed build left goes', () => {
    build();
    write('native/build/ids.node', 'half of it');
    write('native/build/.new-99999999-ids.node', 'left');
    build();
    expect(answer()).toBe(41);
    expect(readdirSync(at('native/build')).toSorted()).toEqual(['.build.json', 'ids.node']);
  });

  test('is there with what the compiler warns of', () => {
    write('native/ids.c', `${source}\nstatic int unused;\n`);
    build();
    expect(answer()).toBe(41);
    expect(said.join('\n')).toContain('unused');
  });

  test('may refuse the process that only tries whether it loads', () => {
    write('native/ids.c', source.replace('napi_value', 'napi_throw_error(env, 0, "no");\n$&'));
    build();
    expect(said).toEqual([]);
    expect(existsSync(addon())).toBe(true);
  });

  test('comes out whole of two installations at once, without anything but Node', async () => {
    mkdirSync(at('scripts'));
    for (const name of scripts) cpSync(path.join(project, 'scripts', name), at(`scripts/${name}`));
    const install = () => promisify(execFile)(process.execPath, [at('scripts/build-native.mjs')]);
    const outputs = await Promise.all([install(), install()]);
    expect(outputs.map(({ stdout, stderr }) => stdout + stderr)).toEqual(['', '']);
    expect(answer()).toBe(41);
    const before = inode();
    build();
    expect(inode()).toBe(before);
  });
});

describe('without an addon', () => {
  test('one line says that there is no compiler, and the old addon is gone', () => {
    build();
    useCompiler('/nonexistent');
    write('native/answer.h', '#define ANSWER 42\n');
    build();
    expect(said).toEqual([
      expect.stringMatching(
        /no C compiler \(\/nonexistent\).* two thirds longer\. .*install a C compiler .*, then: node ".*build-native\.mjs"$/,
      ),
    ]);
    expect(readdirSync(at('native/build'))).toEqual([]);

    // It is looked for again each time, and the advice is that of where one is.
    write('bootstrap.mjs', '');
    build();
    expect(said[1]).toMatch(/then: npm run build$/);
    useCompiler(compilerHere);
    build();
    expect(answer()).toBe(42);
  });

  test('a compiler that fails is quoted, and tried again only when asked for or with other sources', () => {
    build();
    fakeCompiler('seq 1 100 >&2; exit 1');
    build();
    expect(said[0]).toContain('the C compiler (./compiler -g) failed');
    expect(said.slice(1)).toEqual(Array.from({ length: 12 }, (_, line) => `${line + 1}`));
    expect(existsSync(addon())).toBe(false);

    said = [];
    build();
    expect(said).toEqual([expect.stringContaining('failed when it was tried')]);
    expect(calls()).toBe(1);
    build({ retry: true });
    expect(calls()).toBe(2);
    write('native/answer.h', '#define ANSWER 42\n');
    build();
    expect(calls()).toBe(3);
  });

  test('what the compiler makes is refused where Node cannot load it', () => {
    fakeCompiler('while [ "$1" != -o ]; do shift; done; echo no > "$2"');
    build();
    expect(said[0]).toContain('Node cannot load what the C compiler');
    expect(readdirSync(at('native/build'))).toEqual(['.build.json']);
  });

  test('a compiler that makes nothing leaves no old addon either', () => {
    build();
    fakeCompiler('exit 0');
    build();
    expect(said[0]).toContain('The addon of ID mapping is not built');
    expect(existsSync(addon())).toBe(false);
  });

  test('anything else that is in the way is said too: an installation never fails of it', () => {
    write('native/build', 'a file where the folder should be');
    build();
    expect(said).toEqual([expect.stringMatching(/EEXIST.* put that right, then: node "/)]);
  });

  test('there is nothing to say where there is nothing to compile', () => {
    rmSync(at('native/ids.c'));
    build();
    rmSync(at('native'), { recursive: true });
    build();
    expect(said).toEqual([]);
    expect(existsSync(at('native'))).toBe(false);
  });
});
