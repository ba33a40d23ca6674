/** Ports of a child that is kept running, held against other starts on this machine. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockedError, takeLock, type FileLock } from './file-lock';
import { tryPort } from './free-port';

interface Reserved {
  port: number;
  lock: FileLock;
}

/** A child that fails this often in a row fails for another reason than a port. */
const startTries = 4;
const searchLength = 100;

/**
 * The same ports from start to start, so that whoever knows them finds the child again; others are
 * taken only when somebody else has one of them now.
 */
export class Ports {
  private present: number[] = [];

  /**
   * @param firsts where to look for each of them
   * @param lockDir folder (absolute) shared with other starts: a port that one of them is about to
   *   use is left to it, as seconds pass between the look and the moment a server listens
   */
  constructor(
    private readonly firsts: number[],
    private readonly lockDir: string,
  ) {}

  /**
   * Starts on free ports, and again when that fails: another program may still be faster, also on
   * one of those that Temporal chooses for itself.
   * @throws what the last try throws
   */
  async start<T>(signal: AbortSignal, start: (ports: number[]) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const reserved = await this.reserve();
      try {
        return await start(reserved.map(({ port }) => port));
      } catch (error) {
        if (attempt === startTries || signal.aborted) throw error;
      } finally {
        for (const { lock } of reserved) lock.release();
      }
      // By chance, so that several starts of the same moment do not meet again.
      await sleep(Math.random() * attempt * 500, undefined, { signal });
    }
  }

  private async reserve(): Promise<Reserved[]> {
    const again = await this.reservePresent();
    if (again) return again;
    const reserved: Reserved[] = [];
    for (const first of this.firsts) reserved.push(await this.reserveFrom(first));
    this.present = reserved.map(({ port }) => port);
    return reserved;
  }

  private async reservePresent(): Promise<Reserved[] | null> {
    if (this.present.length === 0) return null;
    const reserved: Reserved[] = [];
    for (const port of this.present) {
      const one = await this.reserveOne(port);
      if (one) reserved.push(one);
    }
    if (reserved.length === this.present.length) return reserved;
    for (const { lock } of reserved) lock.release();
    return null;
  }

  private async reserveFrom(first: number): Promise<Reserved> {
    for (let port = first; port < first + searchLength; port += 1) {
      const reserved = await this.reserveOne(port);
      if (reserved) return reserved;
    }
    throw new Error(`no port from ${first} to ${first + searchLength - 1} is free on 127.0.0.1`);
  }

  private async reserveOne(port: number): Promise<Reserved | null> {
    mkdirSync(this.lockDir, { recursive: true });
    const file = path.join(this.lockDir, `port-${port}.lock`);
    try {
      // A holder in another container has ports of its own.
      const lock = await takeLock(file, null, { silentForMs: 0 });
      if ((await tryPort('127.0.0.1', port)) !== null) return { port, lock };
      lock.release();
      return null;
    } catch (error) {
      if (error instanceof LockedError) return null;
      throw error;
    }
  }
}
