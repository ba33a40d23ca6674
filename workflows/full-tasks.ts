/**
 * What tasks have handed back because they take no more. It is asked for again after a pause, which
 * grows while nothing else is heard: at once, driver and task would go on asking in a circle.
 */
import type { CellEnd } from '../model/backfill';

const firstMs = 5_000;
const longestMs = 60_000;

/** Ends that a task has told. */
export interface ToldEnds {
  taskId: string;
  cells: CellEnd[];
}

export interface Pause {
  /** What is not passed on before it is over. */
  ends: ToldEnds[];
  /** When it is over, in milliseconds; null while there is none. */
  until: number | null;
  /** How long the next one is. */
  nextMs: number;
}

export const noPause: Pause = { ends: [], until: null, nextMs: firstMs };

/**
 * Takes what a task tells.
 * @returns what is to be passed on now, and the pause as it is from here on
 */
export function holdBack(
  pause: Pause,
  { taskId, cells }: ToldEnds,
  now: number,
): { ends: ToldEnds[]; pause: Pause } {
  const full = cells.filter((end) => end.full);
  const others = cells.filter((end) => !end.full);
  const ends = others.length > 0 ? [{ taskId, cells: others }] : [];
  // Where something has ended there is room again.
  const nextMs = others.some(({ status }) => status !== 'withdrawn') ? firstMs : pause.nextMs;
  if (full.length === 0) return { ends, pause: { ...pause, nextMs } };
  const held = [...pause.ends, { taskId, cells: full }];
  if (pause.until !== null) return { ends, pause: { ...pause, ends: held, nextMs } };
  return {
    ends,
    pause: { ends: held, until: now + nextMs, nextMs: Math.min(2 * nextMs, longestMs) },
  };
}

/**
 * Lets go of what was held back, once the pause is over.
 * @param atOnce as if it were over
 */
export function release(
  pause: Pause,
  now: number,
  atOnce: boolean,
): { ends: ToldEnds[]; pause: Pause } {
  if (pause.until === null || (!atOnce && now < pause.until)) return { ends: [], pause };
  return { ends: pause.ends, pause: { ...noPause, nextMs: pause.nextMs } };
}
