import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

it('a computing process steps back, and the threads of its engines behind its JavaScript', async () => {
  const child = fork(path.join(__dirname, 'support/three-threads.ts'), {
    execArgv: ['--require', path.join(__dirname, '../../activities/jobs/from-source.cjs')],
  });
  const [told] = (await once(child, 'message')) as [Record<string, number | number[]>];
  const all = (niceness: number) => expect.not.arrayContaining([expect.not.closeTo(niceness)]);
  expect(told).toEqual({ main: 10, atFirst: all(10), inherited: all(10), later: all(15) });
  expect((told.later as number[]).length).toBeGreaterThan(0);
});
