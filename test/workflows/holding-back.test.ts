/** For how long a driver leaves a task alone that takes no more. */
import { holdBack, noPause, release, type Pause } from '../../workflows/full-tasks';
import type { CellEnd } from '../../model/backfill';

const end = (status: CellEnd['status'], full?: true): CellEnd => ({
  ...{ scheduleTime: '2026-01-01T00:00:00.000Z', status, runId: null, reason: null },
  ...(full && { full }),
});
const told = (...cells: CellEnd[]) => ({ taskId: 'task', cells });
const full = end('withdrawn', true);

/** Lengths of the pauses of a driver whose task hands everything back each time it is asked. */
function pauses(count: number): number[] {
  let [now, pause]: [number, Pause] = [0, noPause];
  return Array.from({ length: count }, () => {
    ({ pause } = holdBack(pause, told(full), now));
    const lasted = pause.until! - now;
    now = pause.until!;
    ({ pause } = release(pause, now, false));
    return lasted;
  });
}

it('passes on what has ended at once, and what was handed back for want of room later', () => {
  const { ends, pause } = holdBack(noPause, told(end('succeeded'), full, end('withdrawn')), 1000);
  expect(ends).toEqual([told(end('succeeded'), end('withdrawn'))]);
  expect(release(pause, 5999, false)).toEqual({ ends: [], pause });
  expect(release(pause, 6000, false).ends).toEqual([told(full)]);
});

it('waits for twice as long each time, up to a minute', () => {
  expect(pauses(6)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

it('begins with a short pause again once something of the task has ended', () => {
  let { pause } = holdBack(noPause, told(full), 0);
  ({ pause } = release(pause, 5000, false));
  ({ pause } = holdBack(pause, told(end('failed')), 6000));
  expect(holdBack(pause, told(full), 7000).pause.until).toBe(12_000);
});

it('is not longer for what comes back meanwhile', () => {
  const { pause } = holdBack(noPause, told(full), 0);
  const both = holdBack(pause, told(full), 4000).pause;
  expect(both.until).toBe(5000);
  expect(release(both, 5000, false).ends).toEqual([told(full), told(full)]);
});

it('ends where everything is to be looked at again', () => {
  const { pause } = holdBack(noPause, told(full), 0);
  expect(release(pause, 1, true)).toEqual({
    ends: [told(full)],
    pause: { ends: [], until: null, nextMs: 10_000 },
  });
});
