import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';

it('a computing process steps back, and the threads of its engines behind its JavaScript', async () => {
  const child = fork(path.join(__dirname, 'support/three-threads.ts'), {
    execArgv: ['--require', path.join(__dirname, '../../activities/jobs/from-source.cjs')],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`it ended with ${code} before it told anything`);
  });
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [
    Record<string, number[]>,
  ];
  const atLeast = (niceness: number) => [Math.max(niceness, os.getPriority())];
  const all = Object.entries(told).map(([which, found]) => [which, [...new Set(found)]]);
  expect(Object.fromEntries(all)).toEqual({
    ...{ atFirst: atLeast(10), inherited: atLeast(10), later: atLeast(12) },
  });
});
