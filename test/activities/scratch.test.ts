import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openScratch } from '../../activities/scratch';

test('a start removes what killed processes left, and nothing of those that live', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tablegate-scratch-'));
  const living = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  for (const pid of [living.pid, dead.pid, process.pid]) {
    await mkdir(path.join(folder, String(pid), 'a-try'), { recursive: true });
  }
  await writeFile(path.join(folder, 'stray'), 'of nobody');
  try {
    const own = await openScratch(folder);
    expect(own).toBe(path.join(folder, String(process.pid)));
    expect((await readdir(folder)).sort()).toEqual(
      [String(living.pid), String(process.pid)].sort(),
    );
    // Another worker of this process may be at work there.
    expect(await readdir(own)).toEqual(['a-try']);
  } finally {
    living.kill();
  }
});
