/** One step of a backfill's driver. */
import type { BackfillStatus, CellState } from '../../model/backfill';
import { notify } from '../notify';
import type { BackfillStep, BackfillStore } from '../store';
import { passOn } from './dependents';
import { countEnds, metStates, noteEnds, noteRecorded, type Ended } from './ends';
import { setStatus } from './rows';
import { affected, alone, rowsOf, type BackfillKey, type Database, type Step } from './statement';
import { take, takeAgain, takenBy } from './take';

export type StepInput = Parameters<BackfillStore['advance']>[2];

/** Does one step; see `BackfillStore.advance`. */
export async function advance(
  db: Database,
  key: BackfillKey,
  input: StepInput,
): Promise<BackfillStep> {
  for (;;) {
    const done = await alone(db, key.tenant, (step) => advanceOnce(step, key, input));
    if (done !== null) return done;
  }
}

/** @returns null where more is left to cancel than one transaction takes */
async function advanceOnce(
  step: Step,
  key: BackfillKey,
  input: StepInput,
): Promise<BackfillStep | null> {
  const backfill = await read(step, key);
  if (!backfill || backfill.finished) return over(backfill?.status ?? 'cancelled');
  const ended = await noteAllEnds(step, key, input);
  if (backfill.status === 'cancelling' && (await cancelWaiting(step, key))) return null;
  const joined = await handOut(step, key, input, backfill);
  const counts = await countsOf(step, key);
  const status = endOf(backfill.status, counts);
  if (status !== backfill.status) await setStatus(step, key, [backfill.status], status);
  else await tell(step, key, ended, joined);
  return {
    status,
    waiting: counts.waiting ?? 0,
    running: counts.running ?? 0,
    taken: await takenBy(step, key, input.number, backfill.by),
    holders: await holdersOf(step, key),
  };
}

interface Backfill {
  status: BackfillStatus;
  concurrency: number;
  by: string;
  finished: boolean;
}

async function read(step: Step, { tenant, id }: BackfillKey): Promise<Backfill | undefined> {
  const text = `select status, concurrency, started_by_user as by, finished_at is not null as finished
    from tablegate.backfills where tenant = $1 and id = $2`;
  const [backfill] = await rowsOf<Backfill>(step, text, [tenant, id]);
  return backfill;
}

function over(status: BackfillStatus): BackfillStep {
  return { status, waiting: 0, running: 0, taken: [], holders: [] };
}

async function noteAllEnds(
  step: Step,
  key: BackfillKey,
  { ends, reconcile }: StepInput,
): Promise<Ended[]> {
  const told = await noteEnds(step, key, ends);
  const recorded = reconcile ? await noteRecorded(step, key) : [];
  const ended = [...told, ...recorded];
  await passOn(step, key, ended);
  await countEnds(step, key, ended);
  return ended;
}

/** Cells that one transaction cancels: more would keep other backfills of the tenant waiting. */
const cancelledAtOnce = 20_000;

const cancelText = `update tablegate.backfill_cells set state = 'cancelled'
  where tenant = $1 and backfill_id = $2 and seq in (
    select seq from tablegate.backfill_cells
    where tenant = $1 and backfill_id = $2 and state = 'waiting' limit ${cancelledAtOnce})`;

/** @returns whether more may be left to cancel */
async function cancelWaiting(step: Step, { tenant, id }: BackfillKey): Promise<boolean> {
  return (await affected(step, cancelText, [tenant, id])) === cancelledAtOnce;
}

/** @returns the backfills that cells were taken in */
async function handOut(
  step: Step,
  key: BackfillKey,
  { number, reconcile }: StepInput,
  { status, concurrency }: Backfill,
): Promise<string[]> {
  if (reconcile) await takeAgain(step, key, number);
  if (status !== 'running') return [];
  const { running = 0 } = await countsOf(step, key);
  return take(step, key, number, concurrency - running);
}

type Counts = Partial<Record<CellState, number>>;

async function countsOf(step: Step, { tenant, id }: BackfillKey): Promise<Counts> {
  const text = `select state, cells from tablegate.backfill_counts
    where tenant = $1 and backfill_id = $2 and cells > 0`;
  const rows = await rowsOf<{ state: CellState; cells: number }>(step, text, [tenant, id]);
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
  { tenant, id }: BackfillKey,
  ended: readonly Ended[],
  joined: readonly string[],
): Promise<void> {
  const changed = new Set([...(ended.length > 0 ? [id] : []), ...joined]);
  for (const one of changed) await notify(step, { tenant, kind: 'backfill', id: one });
}

async function holdersOf(step: Step, { tenant, id }: BackfillKey): Promise<string[]> {
  const text = `select distinct task_id as "taskId" from tablegate.backfill_cells
    where tenant = $1 and backfill_id = $2 and state = 'running' order by task_id`;
  const rows = await rowsOf<{ taskId: string }>(step, text, [tenant, id]);
  return rows.map((row) => row.taskId);
}
