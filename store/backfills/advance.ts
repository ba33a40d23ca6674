/** One step of a backfill's driver. */
import type { BackfillStatus, BackfillStep, CellState } from '../../model/backfill';
import { notify } from '../notify';
import type { BackfillStore } from '../store';
import { passOn } from './dependents';
import { countEnds, metStates, noteEnds, noteRecorded, type Ended } from './ends';
import {
  affected,
  alone,
  rowsOf,
  type Backfill,
  type BackfillKey,
  type Database,
  type Step,
} from './statement';
import { setStatus } from './status';
import { allStuck, take, takeAgain, takenBy } from './take';

type StepInput = Parameters<BackfillStore['advance']>[2];

/** Does one step; see `BackfillStore.advance`. A backfill that is not there is over. */
export async function advance(
  db: Database,
  key: BackfillKey,
  input: StepInput,
): Promise<BackfillStep> {
  for (;;) {
    const done = await alone(db, key, async (step, backfill) => {
      if (!backfill || backfill.finished) return over(backfill?.status ?? 'cancelled');
      return advanceOnce(step, backfill, input);
    });
    if (done !== null) return done;
  }
}

function over(status: BackfillStatus): BackfillStep {
  return { status, waiting: 0, running: 0, taken: [], holders: [] };
}

/** @returns null where more is left to cancel than one transaction takes */
async function advanceOnce(
  step: Step,
  backfill: Backfill,
  input: StepInput,
): Promise<BackfillStep | null> {
  const ended = await noteAllEnds(step, backfill, input);
  if (backfill.status === 'cancelling' && (await cancelWaiting(step, backfill))) return null;
  const joined = await handOut(step, backfill, input);
  const counts = await countsOf(step, backfill);
  const status = endOf(backfill.status, counts);
  if (status !== backfill.status) await setStatus(step, backfill, [backfill.status], status);
  await tell(step, backfill, ended, joined);
  return {
    status,
    waiting: counts.waiting ?? 0,
    running: counts.running ?? 0,
    taken: await takenBy(step, backfill, input.number),
    holders: await holdersOf(step, backfill),
  };
}

async function noteAllEnds(
  step: Step,
  backfill: Backfill,
  { ends, reconcile }: StepInput,
): Promise<Ended[]> {
  const told = await noteEnds(step, backfill, ends);
  const recorded = reconcile ? await noteRecorded(step, backfill) : [];
  const ended = [...told, ...recorded];
  await passOn(step, ended);
  await countEnds(step, backfill, ended);
  return ended;
}

/** Cells that one transaction cancels: more would keep other backfills of the tenant waiting. */
const cancelledAtOnce = 10_000;

const cancelText = `update tablegate.backfill_cells as cell set state = 'cancelled'
  from (select cell from tablegate.backfill_cells
    where backfill = $1 and state = 'waiting' limit ${cancelledAtOnce}) as waiting
  where cell.cell = waiting.cell`;

/** @returns whether more may be left to cancel */
async function cancelWaiting(step: Step, { nr }: Backfill): Promise<boolean> {
  return (await affected(step, cancelText, [nr])) === cancelledAtOnce;
}

/** @returns ids of the backfills that cells were taken in */
async function handOut(
  step: Step,
  backfill: Backfill,
  { number, reconcile }: StepInput,
): Promise<string[]> {
  if (backfill.status !== 'running') return [];
  if (reconcile) await takeAgain(step, backfill, number);
  const { running = 0, waiting = 0 } = await countsOf(step, backfill);
  const taken = await take(step, backfill, number, backfill.concurrency - running);
  if (taken.length > 0 || running > 0 || waiting === 0) return taken;
  return (await allStuck(step, backfill)) ? take(step, backfill, number, 1, true) : taken;
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

async function tell(
  step: Step,
  { tenant, id }: Backfill,
  ended: readonly Ended[],
  joined: readonly string[],
): Promise<void> {
  const changed = new Set([...(ended.length > 0 ? [id] : []), ...joined]);
  const changes = [...changed].map((one) => ({ type: 'backfill' as const, id: one }));
  await notify(step, tenant, changes);
}

async function holdersOf(step: Step, { nr }: Backfill): Promise<string[]> {
  const text = `select distinct task_id as "taskId" from tablegate.backfill_cells
    where backfill = $1 and state = 'running'`;
  const rows = await rowsOf<{ taskId: string }>(step, text, [nr]);
  return rows.map((row) => row.taskId).toSorted();
}
