/** A process that steps back, starts threads, lets JavaScript go first, and tells how nice its threads are. */
import { readFileSync, readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { letJavaScriptGoFirst, stepBack } from '../../../activities/jobs/niceness';

const folder = '/proc/self/task';
const threads = (): string[] => readdirSync(folder);
/** The nineteenth of its facts; the name before them is in brackets. */
const nicenessOf = (thread: string): number =>
  Number(readFileSync(`${folder}/${thread}/stat`, 'utf8').split(') ')[1]!.split(' ')[16]);

stepBack();
const atFirst = threads();
const worker = new Worker('setInterval(() => undefined, 1_000)', { eval: true });
worker.on('online', () => {
  const later = threads().filter((thread) => !atFirst.includes(thread));
  const inherited = later.map(nicenessOf);
  letJavaScriptGoFirst();
  process.send!({ atFirst: atFirst.map(nicenessOf), inherited, later: later.map(nicenessOf) }, () =>
    process.exit(),
  );
});
