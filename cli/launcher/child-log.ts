/** The log file of a child: kept below a size, and read along for lines worth showing. */
import {
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  closeSync,
  statSync,
  truncateSync,
} from 'node:fs';

/** A log and its predecessor together take at most about twice this. */
const limitBytes = 8 * 1024 * 1024;
const pollEveryMs = 1_000;
/** What is read at once; a child that writes more in a second is not shown whole. */
const chunkBytes = 256 * 1024;
const tailBytes = 16 * 1024;

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function readFrom(file: string, from: number, length: number): string {
  if (!existsSync(file)) return '';
  const fd = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, length, from));
  } finally {
    closeSync(fd);
  }
}

/** What was written into a log from an offset on, at most 16 KiB of it. */
export function readLogFrom(file: string, from: number): string {
  return readFrom(file, from, tailBytes);
}

/** The last lines of a log, blank ones left out. */
export function lastLines(file: string, count: number): string[] {
  const size = sizeOf(file);
  const length = Math.min(size, tailBytes);
  return readFrom(file, size - length, length)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
}

/**
 * Keeps the file bounded. The child holds it open for appending, so it is copied and emptied, not
 * renamed; lines written in that very moment may be missing from the copy.
 */
export function keepBounded(file: string, limit = limitBytes): void {
  if (sizeOf(file) <= limit) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
}

/**
 * Watches the log of a child until the returned function is called.
 * @param onLine gets every line that is written from now on
 */
export function watchLog(file: string, onLine?: (line: string) => void): () => void {
  let offset = sizeOf(file);
  let rest = '';
  const poll = () => {
    const size = sizeOf(file);
    if (size < offset) offset = 0;
    if (onLine && size > offset) {
      const text = readFrom(file, offset, Math.min(size - offset, chunkBytes));
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    }
    offset = size;
    keepBounded(file);
  };
  const timer = setInterval(poll, pollEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    poll();
  };
}

/** Levels of pino: 50 is error, 60 is fatal. */
const errorLevel = 50;

/** @returns what a line of the server's log says, if it is an error; else null */
export function errorIn(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    const entry = JSON.parse(line) as {
      level?: unknown;
      msg?: unknown;
      err?: { message?: unknown };
    };
    if (typeof entry.level !== 'number' || entry.level < errorLevel) return null;
    const parts = [entry.msg, entry.err?.message].filter((part) => typeof part === 'string');
    return [...new Set(parts)].join(': ').slice(0, 300);
  } catch {
    return null;
  }
}
