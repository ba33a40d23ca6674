import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

it('a computing process steps back, and the threads of its engines behind its JavaScript', async () => {
  const child = fork(path.join(__dirname, 'support/three-threads.ts'), {
    execArgv: ['--require', path.join(__dirname, '../../activities/jobs/from-source.cjs')],
  });
  const [told] = (await once(child, 'message')) as [Record<string, number[]>];
  const all = Object.entries(told).map(([which, found]) => [which, [...new Set(found)]]);
  expect(Object.fromEntries(all)).toEqual({ atFirst: [10], inherited: [10], later: [15] });
});
