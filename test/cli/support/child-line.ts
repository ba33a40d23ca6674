/** A command line in a process of its own, run from the sources: signals reach nothing else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.resolve(__dirname, '..', '..', '..');
const fromSource = path.join(root, 'activities', 'jobs', 'from-source.cjs');

/**
 * Runs a command line, and sends it what Ctrl-C sends once it has said something.
 * @param when looked for in what it has written on standard error so far
 * @returns how it ended
 */
export async function runUntilInterrupted(
  args: string[],
  when: RegExp,
): Promise<{ code: number | null; err: string }> {
  const main = path.join(root, 'cli', 'main.ts');
  const child = spawn(process.execPath, ['--require', fromSource, main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  let isTold = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (isTold || !when.test(err)) return;
    isTold = true;
    child.kill('SIGINT');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, err };
}
