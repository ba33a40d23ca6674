/**
 * Puts a finished file in its place, once: a note beside it says first which file that is (a file
 * keeps its number when it is renamed), so that a try after a crash knows whether the place has it.
 */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectorError } from '../connector';
import { judgeCopy } from '../copy-notes';
import type { CopyTotals } from '../transfer';

export interface CopyPlace {
  /** Where the file is to be. */
  target: string;
  writer: string;
  fence: bigint;
}

interface Note {
  fence: string;
  totals: CopyTotals;
  /** See `identityOf`: of the file that the place is to hold. */
  identity: string;
  /** It came into its place, whatever others have put there since. */
  isThere?: true;
}

/** Ours, and no table: files that begin with a dot are none. */
const notesFolder = '.tablegate';
const lockWaitMs = 20_000;
/** A lock whose holder has died. */
const staleMs = 30_000;

const notesOf = ({ target }: CopyPlace) => path.join(path.dirname(target), notesFolder);
const lockFile = (place: CopyPlace) =>
  path.join(notesOf(place), `${path.basename(place.target)}.lock`);
/** What stands in the lock of a try. */
const holderOf = (writer: string, fence: bigint | string) => `${writer} ${fence}`;

function noteFile(place: CopyPlace): string {
  const name = encodeURIComponent(path.basename(place.target));
  return path.join(notesOf(place), `${name}.${place.writer}.json`);
}

/** What is another text for another file, and for one that was written. */
export async function identityOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? null : [found.dev, found.ino, found.size, found.mtimeNs].join(' ');
}

/**
 * What another try of the same run has put into the place; null: none has.
 * @throws SupersededError where a later run has
 */
export async function committedCopy(place: CopyPlace): Promise<CopyTotals | null> {
  const text = await readFile(noteFile(place), 'utf8').catch(() => null);
  if (text === null) return null;
  const { fence, totals, identity, ...noted } = JSON.parse(text) as Note;
  // A note whose file never came into its place says nothing.
  const isThere = noted.isThere === true || (await identityOf(place.target)) === identity;
  const note = { fence: BigInt(fence), totals };
  const judged = judgeCopy(note, place.fence, path.basename(place.target));
  if (!isThere) return null;
  const clear = () => clearAfter(place, holderOf(place.writer, fence));
  // The copy has been made, whatever cannot be taken away.
  if (judged !== null) await clear().catch(() => undefined);
  return judged;
}

/** Removes what a try has left that was lost when its file had come into its place. */
async function clearAfter(place: CopyPlace, holder: string): Promise<void> {
  await rm(partOf(noteFile(place)), { force: true });
  await unlock(lockFile(place), holder);
}

/**
 * @param file in the folder of the place, whole and on disk
 * @param basedOn what the place has to hold still; left out: anything
 * @returns what another try of the same run has committed meanwhile; null: the file is in its place
 */
export async function commitCopy(
  place: CopyPlace,
  file: string,
  totals: CopyTotals,
  basedOn: string | null | undefined,
): Promise<CopyTotals | null> {
  await mkdir(notesOf(place), { recursive: true });
  const holder = holderOf(place.writer, place.fence);
  await lock(lockFile(place), holder);
  try {
    const before = await committedCopy(place);
    if (before !== null) return before;
    if (basedOn !== undefined && (await identityOf(place.target)) !== basedOn) {
      const name = path.basename(place.target);
      throw new ConnectorError(`${name} was written by another while rows were appended to it.`, {
        retryable: true,
      });
    }
    const note: Note = {
      fence: String(place.fence),
      totals,
      identity: (await identityOf(file)) ?? '',
    };
    await writeWhole(noteFile(place), JSON.stringify(note));
    await rename(file, place.target);
    await syncFolder(path.dirname(place.target));
    // The file is in its place, so nothing fails any more.
    const whole = JSON.stringify({ ...note, isThere: true });
    await writeWhole(noteFile(place), whole).catch(() => undefined);
    return null;
  } finally {
    await unlock(lockFile(place), holder);
  }
}

async function lock(file: string, holder: string): Promise<void> {
  const startedAt = Date.now();
  for (;;) {
    try {
      await makeLock(file, holder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const found = await stat(file).catch(() => null);
      if (found !== null && Date.now() - found.mtimeMs > staleMs) await rm(file, { force: true });
      else if (Date.now() - startedAt > lockWaitMs) {
        throw new ConnectorError(
          `${path.basename(file, '.lock')} is being written by another run.`,
          {
            retryable: true,
          },
        );
      } else await delay(50);
    }
  }
}

/** @throws EEXIST for one that is there, which stays; after all else there is none of ours */
async function makeLock(file: string, holder: string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    try {
      await handle.writeFile(holder);
    } finally {
      await handle.close();
    }
  } catch (error) {
    // On a full disk there is a file, and nothing in it.
    await rm(file, { force: true });
    throw error;
  }
}

/** Removes a lock as long as it is that of this holder: one that was slow may have lost it to another. */
async function unlock(file: string, holder: string): Promise<void> {
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found === holder) await rm(file, { force: true });
}

const partOf = (file: string) => `${file}.part`;

async function writeWhole(file: string, text: string): Promise<void> {
  const part = partOf(file);
  const handle = await open(part, 'w');
  await handle.writeFile(text);
  await handle.sync();
  await handle.close();
  await rename(part, file);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().catch(() => undefined);
  await handle.close();
}
