import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheDirOf } from '../../cli/launcher/cache-dir';
import { provideTemporal, type ProvideOptions } from '../../cli/launcher/provide-temporal';
import { fromGo, fromSdkDownload, type TemporalSource } from '../../cli/launcher/temporal-sources';

let dir = '';
let cacheDir = '';
let bin = '';
let lines: string[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'provide-'));
  cacheDir = path.join(dir, 'cache');
  bin = path.join(dir, 'bin');
  mkdirSync(cacheDir);
  mkdirSync(bin);
  lines = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const working = '#!/bin/sh\necho "temporal version 1.2.3 (Server 4.5.6)"\n';
const broken = '#!/bin/sh\necho "cannot execute" >&2\nexit 1\n';

function writeProgram(file: string, text: string): string {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

function provide(options: Partial<ProvideOptions> = {}): Promise<string> {
  return provideTemporal({
    cacheDir,
    env: { PATH: bin },
    log: (line) => lines.push(line),
    sources: [],
    ...options,
  });
}

/** Makes a program like a download or a build does. */
const making =
  (text: string, calls: string[] = []): TemporalSource =>
  ({ workDir }) => {
    calls.push(workDir);
    return Promise.resolve(writeProgram(path.join(workDir, 'made'), text));
  };

describe('providing Temporal', () => {
  test('takes the one on PATH before all others', async () => {
    const onPath = writeProgram(path.join(bin, 'temporal'), working);
    writeProgram(path.join(cacheDir, 'temporal'), working);
    expect(await provide()).toBe(onPath);
  });

  test('takes the cached one when that on PATH does not run', async () => {
    writeProgram(path.join(bin, 'temporal'), broken);
    const cached = writeProgram(path.join(cacheDir, 'temporal'), working);
    expect(await provide()).toBe(cached);
    expect(lines.join('\n')).toContain('does not work, so it is not used');
  });

  test('does not take another program of the name', async () => {
    writeProgram(path.join(bin, 'temporal'), '#!/bin/sh\necho "temporal database 9"\n');
    await expect(provide()).rejects.toThrow('No Temporal could be provided');
  });

  test('makes one by the first source that works and keeps it', async () => {
    const nothing: TemporalSource = () => Promise.resolve(null);
    const calls: string[] = [];
    const sources = [nothing, making(broken), making(working, calls), making(working, calls)];
    const cached = path.join(cacheDir, 'temporal');
    expect(await provide({ sources })).toBe(cached);
    expect(await provide({ sources })).toBe(cached);
    expect(calls).toHaveLength(1);
    expect(readdirSync(cacheDir)).toEqual(['temporal']);
  });

  test('replaces a cached one that does not run', async () => {
    const cached = writeProgram(path.join(cacheDir, 'temporal'), '\u007fELF, cut off');
    expect(await provide({ sources: [making(working)] })).toBe(cached);
  });

  test('never takes what a killed process has half made, and clears it away', async () => {
    mkdirSync(path.join(cacheDir, 'making-abc'));
    writeProgram(path.join(cacheDir, 'making-abc', 'temporal'), working);
    await expect(provide()).rejects.toThrow('No Temporal could be provided');
    expect(existsSync(path.join(cacheDir, 'making-abc'))).toBe(false);
  });

  test('is done once when several ask at the same time', async () => {
    const calls: string[] = [];
    const waiting = () => lines.filter((line) => line.includes('is providing it; waiting'));
    /** Is not done before the others have come, however late they are. */
    const slow: TemporalSource = async (context) => {
      const made = await making(working, calls)(context);
      while (waiting().length < 3 && calls.length === 1) await new Promise(setImmediate);
      return made;
    };
    const all = await Promise.all(Array.from({ length: 4 }, () => provide({ sources: [slow] })));
    expect(new Set(all)).toEqual(new Set([path.join(cacheDir, 'temporal')]));
    expect(calls).toHaveLength(1);
    expect(waiting()).toHaveLength(3);
  });

  test('says what to do when nothing works', async () => {
    await expect(provide()).rejects.toThrow(
      /install the Temporal CLI.*install Go.*or set TEMPORAL_ADDRESS/,
    );
  });

  test('ends when it is told to', async () => {
    const stop = new AbortController();
    const sources: TemporalSource[] = [
      () => {
        stop.abort(new Error('told to stop'));
        return Promise.resolve(null);
      },
      making(working),
    ];
    await expect(provide({ sources, signal: stop.signal })).rejects.toThrow('told to stop');
    expect(readdirSync(cacheDir)).toEqual([]);
  });
});

describe('building Temporal with Go', () => {
  const goThat = (install: string) =>
    writeProgram(
      path.join(bin, 'go'),
      `#!/bin/sh\nif [ "$1" = list ]; then ${install === '' ? 'echo "no route to host"; exit 1' : 'exit 0'}; fi\n${install}\n`,
    );

  test('puts what Go built into the cache', async () => {
    goThat(`echo "go: downloading x v1" >&2; printf '%s' '${working}' > "$GOBIN/temporal"`);
    expect(await provide({ sources: [fromGo] })).toBe(path.join(cacheDir, 'temporal'));
    expect(lines.join('\n')).toMatch(/go install github\.com\/temporalio\/cli.*@v1\.5\.1/);
  });

  test('is left when the build fails, with its last line', async () => {
    goThat('echo "out of disk" >&2; exit 1');
    await expect(provide({ sources: [fromGo] })).rejects.toThrow('No Temporal could be provided');
    expect(lines.join('\n')).toContain('the build failed (out of disk)');
  });

  test('is left at once when Go does not reach the module', async () => {
    goThat('');
    await expect(provide({ sources: [fromGo] })).rejects.toThrow('No Temporal could be provided');
    expect(lines.join('\n')).toContain('no route to host');
  });

  test('is left when there is no Go', async () => {
    await expect(provide({ sources: [fromGo], env: { PATH: bin } })).rejects.toThrow(
      'No Temporal could be provided',
    );
    expect(lines).toContain('Temporal: no Go on PATH to build it with');
  });
});

describe('the download of the SDK', () => {
  test('is left when its server cannot be reached, with the reason', async () => {
    // Nothing listens on the discard port, so the proxy refuses at once.
    const proxy = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };
    const env = { PATH: bin, ...proxy };
    await expect(provide({ sources: [fromSdkDownload], env })).rejects.toThrow(
      'No Temporal could be provided',
    );
    expect(lines.join('\n')).toMatch(/the download does not work here \(.+\)/);
  });
});

test('the cache is where the environment says, else in the cache folder of the user', () => {
  expect(cacheDirOf({ TABLEGATE_CACHE_DIR: '/a/b' })).toBe('/a/b');
  expect(cacheDirOf({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/x/tablegate');
  expect(cacheDirOf({ HOME: '/h' })).toBe('/h/.cache/tablegate');
});
