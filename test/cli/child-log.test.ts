import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorIn, keepBounded, lastLines, watchLog } from '../../cli/launcher/child-log';

let dir = '';
let file = '';

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'child-log-'));
  file = path.join(dir, 'server.log');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the log of a child', () => {
  test('is emptied when it has grown too large, and its content kept once', () => {
    writeFileSync(file, 'x'.repeat(11));
    keepBounded(file, 10);
    expect(statSync(file).size).toBe(0);
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('x'.repeat(11));
    appendFileSync(file, 'y');
    keepBounded(file, 10);
    expect(readFileSync(file, 'utf8')).toBe('y');
  });

  test('is read from where the watching began, line by line', () => {
    writeFileSync(file, 'before\n');
    const lines: string[] = [];
    const end = watchLog(file, (line) => lines.push(line));
    appendFileSync(file, 'one\ntwo\nunfinished');
    end();
    expect(lines).toEqual(['one', 'two']);
  });

  test('gives its last lines, and none when there is no log', () => {
    writeFileSync(file, 'a\nb\n\nc\n');
    expect(lastLines(file, 2)).toEqual(['b', 'c']);
    expect(lastLines(path.join(dir, 'none.log'), 2)).toEqual([]);
  });

  test('shows errors only, with what lies behind them', () => {
    const line = { level: 50, msg: 'the store does not answer', err: { message: 'refused' } };
    expect(errorIn(JSON.stringify(line))).toBe('the store does not answer: refused');
    expect(errorIn(JSON.stringify({ ...line, level: 40 }))).toBeNull();
    expect(errorIn('plain text')).toBeNull();
    expect(errorIn('{ cut off')).toBeNull();
  });
});
