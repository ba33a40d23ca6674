/** One step of a backfill's driver. */
import type { BackfillStatus, BackfillStep, CellState } from '../../model/backfill';
import { notify } from '../notify';
import type { BackfillStore } from '../store';
import { countEnds, noteEnds, noteRecorded } from './ends';
import { metStates, passOn } from './passing-on';
import {
  affected,
  alone,
  inParts,
  rowsOf,
  type Backfill,
  type BackfillKey,
  type Database,
  type Step,
} from './statement';
import { setStatus } from './status';
import { allStuck, promote, take, takeAgain, takeAhead, takenBy, type LookedTo } from './take';

type StepInput = Parameters<BackfillStore['advance']>[2];

/** Does one step; see `BackfillStore.advance`. A backfill that is not there is over. */
export async function advance(
  db: Database,
  key: BackfillKey,
  input: StepInput,
): Promise<BackfillStep> {
  let from: LookedTo | null = null;
  for (let isNoted = false; ; isNoted = true) {
    const done = await alone(db, key, async (step, backfill) => {
      if (!backfill || backfill.finished) return over(backfill?.status ?? 'cancelled');
      if (!isNoted) await noteAllEnds(step, backfill, input);
      if (await passOn(step, backfill)) return 'more is to be passed on';
      return advanceOnce(step, backfill, input, from);
    });
    if (done === 'more is to be cancelled') await cancelWaiting(db, key);
    else if (typeof done === 'object' && 'cell' in done) from = done;
    else if (typeof done === 'object') return done;
  }
}

function over(status: BackfillStatus): BackfillStep {
  return { status, waiting: 0, running: 0, taken: [], holders: [] };
}

async function advanceOnce(
  step: Step,
  backfill: Backfill,
  input: StepInput,
  from: LookedTo | null,
): Promise<BackfillStep | 'more is to be cancelled' | LookedTo> {
  const { joined, lookedTo } = await handOut(step, backfill, input, from);
  if (lookedTo !== null) {
    await tell(step, backfill, joined);
    return lookedTo;
  }
  const counts = await countsOf(step, backfill);
  if (backfill.status === 'cancelling' && counts.waiting) return 'more is to be cancelled';
  const status = endOf(backfill.status, counts);
  if (status !== backfill.status) await setStatus(step, backfill, [backfill.status], status);
  await tell(step, backfill, joined);
  return {
    status,
    waiting: counts.waiting ?? 0,
    running: counts.running ?? 0,
    taken: await takenBy(step, backfill, input.number),
    holders: await holdersOf(step, backfill),
  };
}

/** Notes what has ended; those that need it are told by `passOn`. */
async function noteAllEnds(
  step: Step,
  backfill: Backfill,
  { ends, reconcile }: StepInput,
): Promise<void> {
  const told = await noteEnds(step, backfill, ends);
  const recorded = reconcile ? await noteRecorded(step, backfill) : [];
  const ended = [...told, ...recorded];
  await countEnds(step, backfill, ended);
  if (ended.length > 0) await tell(step, backfill, [backfill.id]);
}

const cancelText = `update tablegate.backfill_cells set state = 'cancelled'
  where cell >= $1 and cell < $2 and state = 'waiting'`;

function cancelWaiting(db: Database, key: BackfillKey): Promise<void> {
  return inParts(db, key, async (step, { status }, { from, to }) => {
    if (status === 'cancelling') await affected(step, cancelText, [from, to]);
    return 'done';
  });
}

/** @returns what was taken; where the look has not come to its end, another goes on from there */
async function handOut(
  step: Step,
  backfill: Backfill,
  { number, reconcile }: StepInput,
  from: LookedTo | null,
): ReturnType<typeof take> {
  if (backfill.status !== 'running') return { joined: [], lookedTo: null };
  if (reconcile) await takeAgain(step, backfill, number);
  const { room, running, waiting } = await promote(step, backfill);
  const taken = await take(step, backfill, number, room, { from });
  if (taken.lookedTo !== null) return taken;
  if (taken.joined.length === 0 && running === 0 && waiting > 0) {
    if (await allStuck(step, backfill)) {
      const { joined } = await take(step, backfill, number, 1, { heldBackToo: true });
      return { joined, lookedTo: null };
    }
  }
  const ahead = await takeAhead(step, backfill, number);
  return { joined: [...taken.joined, ...ahead], lookedTo: null };
}

type Counts = Partial<Record<CellState, number>>;

async function countsOf(step: Step, { nr }: Backfill): Promise<Counts> {
  const text = `select state, cells from tablegate.backfill_counts where backfill = $1 and cells > 0`;
  const rows = await rowsOf<{ state: CellState; cells: number }>(step, text, [nr]);
  return Object.fromEntries(rows.map(({ state, cells }) => [state, cells]));
}

/** The status that these counts make of a backfill that was not over yet. */
function endOf(status: BackfillStatus, counts: Counts): BackfillStatus {
  if (counts.waiting || counts.running) return status;
  if (status === 'cancelling') return 'cancelled';
  const states = Object.keys(counts) as CellState[];
  return states.every((state) => metStates.includes(state)) ? 'succeeded' : 'failed';
}

function tell(step: Step, { tenant }: Backfill, ids: readonly string[]): Promise<void> {
  const changes = [...new Set(ids)].map((id) => ({ type: 'backfill' as const, id }));
  return notify(step, tenant, changes);
}

async function holdersOf(step: Step, { nr }: Backfill): Promise<string[]> {
  const text = `select distinct task_id as "taskId" from tablegate.backfill_cells
    where backfill = $1 and state = 'running'`;
  const rows = await rowsOf<{ taskId: string }>(step, text, [nr]);
  return rows.map((row) => row.taskId).toSorted();
}
