import { mkdtempSync, promises, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commitCopy, committedCopy } from '../../connectors/files/copy-commit';

const folder = mkdtempSync(path.join(tmpdir(), 'commit-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a copy that came into its place is known still when another task has written there since', async () => {
  const target = path.join(folder, 't.csv');
  const totals = { rowsRead: 1, rowsWritten: 1, dirty: 0 };
  const place = { target, writer: 'one', fence: 1n << 20n };
  const part = path.join(folder, 'part');
  writeFileSync(part, 'a\n');
  expect(await commitCopy(place, part, totals, undefined)).toBeNull();
  writeFileSync(target, 'a\nb\n');
  expect(await committedCopy(place)).toEqual(totals);
});

it('a try that was lost with its lock, when its file had come into its place, leaves nothing', async () => {
  const target = path.join(folder, 'locked.csv');
  const totals = { rowsRead: 1, rowsWritten: 1, dirty: 0 };
  const place = { target, writer: 'one', fence: 1n << 20n };
  const part = path.join(folder, 'part');
  writeFileSync(part, 'a\n');
  await commitCopy(place, part, totals, undefined);
  const notes = path.join(folder, '.tablegate');
  const left = () => readdirSync(notes).filter((name) => /(lock|part)$/.test(name));
  const held = path.join(notes, 'locked.csv.lock');
  writeFileSync(held, 'another 5');
  writeFileSync(path.join(notes, 'locked.csv.one.json.part'), '{');
  expect(await committedCopy({ ...place, fence: place.fence + 1n })).toEqual(totals);
  expect(left()).toEqual(['locked.csv.lock']);
  writeFileSync(held, `one ${place.fence}`);
  expect(await committedCopy({ ...place, fence: place.fence + 1n })).toEqual(totals);
  expect(left()).toEqual([]);
});

describe('the lock of another', () => {
  const target = path.join(folder, 'shared.csv');
  const held = path.join(folder, '.tablegate', 'shared.csv.lock');
  const part = path.join(folder, 'part');
  const totals = { rowsRead: 1, rowsWritten: 1, dirty: 0 };
  const commit = () =>
    commitCopy({ target, writer: 'one', fence: 1n << 20n }, part, totals, undefined);
  beforeEach(() => writeFileSync(part, 'a\n'));
  afterEach(() => jest.restoreAllMocks());

  it('stays where a try that was slow has lost its own to it', async () => {
    const rename = promises.rename.bind(promises);
    jest.spyOn(promises, 'rename').mockImplementation((from, to) => {
      writeFileSync(held, 'another 5');
      return rename(from, to);
    });
    expect(await commit()).toBeNull();
    expect(readFileSync(held, 'utf8')).toBe('another 5');
  });

  it('stays where no file can be opened', async () => {
    writeFileSync(held, 'another 5');
    const full = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    jest.spyOn(promises, 'open').mockRejectedValue(full);
    await expect(commit()).rejects.toThrow('too many open files');
    expect(readFileSync(held, 'utf8')).toBe('another 5');
  });
});
