import { chmodSync, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { childNames, pidFileOf } from '../../cli/launcher/orphans';
import { buildOnce, runTablegate } from '../support/servers/start-tablegate';

let dir = '';

beforeAll(buildOnce);
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'demo-'));
  chmodSync(dir, 0o711);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The number behind a word of the output. */
const numberOf = (output: string, word: string) =>
  Number(new RegExp(`^ {2}${word} +([0-9.]+)`, 'm').exec(output)?.[1]);

test('npm run demo fills the gate call by call, shows the record and how good its result is, twice', async () => {
  const dataDir = path.join(dir, 'data');
  for (const attempt of [1, 2]) {
    const demo = runTablegate(['demo'], { dataDir });
    const code = await demo.ended;
    const output = demo.output();
    expect({ attempt, code, output }).toMatchObject({ code: 0 });
    const filled = output.split('The gate before').at(-1) ?? '';
    expect(
      filled
        .split(/Call \d of 4/)
        .map((part) => part.split('[x]').length - 1)
        .slice(0, 4),
    ).toEqual([0, 1, 2, 3]);
    expect(output).toMatch(/status +succeeded, started by triggers/);
    expect(output).toMatch(/Temporal UI +http:\S+\/workflows\/run%2F/);
    expect(numberOf(output, 'users')).toBeGreaterThan(4_000);
    expect(numberOf(output, 'precision')).toBeGreaterThan(0.9);
    expect(numberOf(output, 'recall')).toBeGreaterThan(0.9);
  }
  expect(childNames.filter((name) => existsSync(pidFileOf(dataDir, name)))).toEqual([]);
});
