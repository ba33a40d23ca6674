/** How far the threads of a computing process step back behind those of others, and behind JavaScript. */
import { readdirSync } from 'node:fs';
import os from 'node:os';

const ofAll = 10;
const ofEngines = 12;

/** Threads that were there before any other was started: that of JavaScript, and those which help it. */
let first: ReadonlySet<number> = new Set();

/**
 * Lets the process step back behind those that answer people. Threads take the niceness of the one
 * that starts them: this comes before DuckDB is loaded, which starts some.
 */
export function stepBack(): void {
  // 0: the thread that runs this, or where threads have none of their own, the process.
  raise([0], ofAll);
  first = new Set(threads());
  raise(first, ofAll);
}

/**
 * Lets the threads that have been started since then, those of engines and workers, step back behind
 * JavaScript, until the process ends. Where they often wait for it, as functions of ours are called
 * for all rows, it is not to wait for them as well: a thread that wakes up is let in at once only
 * where it asks for more than those that run. On Linux only, where each thread has a niceness of its
 * own.
 */
export function letJavaScriptGoFirst(): void {
  if (first.size === 0) return;
  raise(
    threads().filter((thread) => !first.has(thread)),
    ofEngines,
  );
}

/** Who is nicer already stays so: only some may be less nice than before. */
function raise(ofThreads: Iterable<number>, niceness: number): void {
  for (const thread of ofThreads) {
    try {
      if (os.getPriority(thread) < niceness) os.setPriority(thread, niceness);
    } catch {
      // It has ended meanwhile, or the system lets nobody do that: then all ask for the same.
    }
  }
}

/** Ids of the threads of this process; none where the system does not tell. */
function threads(): number[] {
  try {
    const found = readdirSync('/proc/self/task').map(Number);
    // Else they are numbered as another container does.
    return found.includes(process.pid) ? found : [];
  } catch {
    return [];
  }
}
