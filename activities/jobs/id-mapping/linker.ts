/**
 * Links IDs beside everything else: in a thread of its own, where there are enough of them for that
 * to pay. All large arrays that go there and come back are shared.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { awaitedLater } from './awaited-later';
import { Linking, type LinkingSize } from './linking';

/** Less than this many cells are linked in the time in which a thread starts. */
const fewCells = 500_000;

export type LinkMethod = 'add' | 'join' | 'find' | 'count';
type Argument<Method extends LinkMethod> = Parameters<Linking[Method]>[0];
type Answer<Method extends LinkMethod> = ReturnType<Linking[Method]>;

/** A call to the thread, which answers each in turn. */
export type LinkCall = { [Method in LinkMethod]: [Method, Argument<Method>] }[LinkMethod];

/** One side of the calls. */
interface Side {
  ask(...one: LinkCall): Promise<unknown>;
  close(): Promise<void>;
}

export class Linker {
  #side: Side | null = null;

  /** Comes first. @param fromCells a thread is started where there are so many; for tests */
  open(size: LinkingSize, fromCells = fewCells): void {
    this.#side = size.mostIds < fromCells ? linkHere(size) : linkInThread(size);
  }

  /** Calls a method of `Linking`. @throws what that throws, or what a call before has thrown */
  ask<Method extends LinkMethod>(
    method: Method,
    argument: Argument<Method>,
  ): Promise<Answer<Method>> {
    const answer = this.#side!.ask(...([method, argument] as unknown as LinkCall));
    return awaitedLater(answer as Promise<Answer<Method>>);
  }

  /** Lets go of all that is linked. What has not been answered fails. */
  async close(): Promise<void> {
    await this.#side?.close();
    this.#side = null;
  }
}

/** The thread's side of a call. */
export function call(linking: Linking, [method, argument]: LinkCall): Answer<LinkMethod> {
  return linking[method](argument as never);
}

function linkHere(size: LinkingSize): Side {
  const linking = new Linking(size);
  let before: Promise<unknown> = Promise.resolve();
  return {
    // As with a thread: once a call has failed, none goes on with what is linked by then.
    ask: (...one) => (before = before.then(() => call(linking, one))),
    close: async () => undefined,
  };
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

function linkInThread(size: LinkingSize): Side {
  const fromSource = __filename.endsWith('.ts');
  const entry = path.join(__dirname, `link-thread.${fromSource ? 'ts' : 'js'}`);
  const execArgv = fromSource ? ['--require', path.join(__dirname, '../from-source.cjs')] : [];
  const worker = new Worker(entry, { workerData: size, execArgv });
  const waiting: Waiting[] = [];
  let failure: Error | null = null;
  worker.on('message', (answer) => waiting.shift()!.resolve(answer));
  const end = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on('error', end);
  // An answer for which there is no memory.
  worker.on('messageerror', end);
  // However it ends: nobody waits for its answer for ever.
  worker.on('exit', () => end(new Error('The thread that links IDs has ended.')));
  return {
    ask: (...one) =>
      new Promise((resolve, reject) => {
        if (failure !== null) return reject(failure);
        waiting.push({ resolve, reject });
        worker.postMessage(one);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}
