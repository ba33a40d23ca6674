/** What the end of a cell means for those that need it. */
import { metStates, type Ended } from './ends';
import { affected, type BackfillKey, type Step } from './statement';

/** Lets go, or blocks, what waits for cells that have ended. */
export async function passOn(step: Step, key: BackfillKey, ended: readonly Ended[]): Promise<void> {
  const seqs = (keep: (end: Ended) => boolean) => ended.filter(keep).map(({ seq }) => seq);
  await letGo(
    step,
    key,
    seqs(({ state }) => metStates.includes(state)),
  );
  await block(
    step,
    key,
    seqs(({ state }) => state !== 'waiting' && !metStates.includes(state)),
  );
}

const letGoText = `update tablegate.backfill_cells as cell
  set waits_for = cell.waits_for - done.needs
  from (select seq, count(*) as needs from tablegate.backfill_needs
    where tenant = $1 and backfill_id = $2 and needs_seq = any($3::int[]) group by seq) as done
  where cell.tenant = $1 and cell.backfill_id = $2 and cell.seq = done.seq
    and cell.state = 'waiting'`;

async function letGo(step: Step, { tenant, id }: BackfillKey, seqs: number[]): Promise<void> {
  if (seqs.length > 0) await affected(step, letGoText, [tenant, id, seqs]);
}

const blockText = `with recursive bad (seq, needs_seq) as (
    select seq, null::int from unnest($3::int[]) as ended (seq)
    union
    select need.seq, need.needs_seq from bad
      join tablegate.backfill_needs as need
        on need.tenant = $1 and need.backfill_id = $2 and need.needs_seq = bad.seq
      join tablegate.backfill_cells as cell
        on cell.tenant = $1 and cell.backfill_id = $2 and cell.seq = need.seq
    where cell.state = 'waiting')
  update tablegate.backfill_cells as cell
  set state = 'blocked', end_reason = format('It needs %s at %s, which did not succeed.',
    needed.task_id, to_char(needed.schedule_time, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from (select seq, min(needs_seq) as needs_seq from bad group by seq) as first
    join tablegate.backfill_cells as needed
      on needed.tenant = $1 and needed.backfill_id = $2 and needed.seq = first.needs_seq
  where cell.tenant = $1 and cell.backfill_id = $2 and cell.seq = first.seq
    and cell.state = 'waiting'`;

/** Blocks all that waits for these cells, and for those blocked thereby. */
export async function block(
  step: Step,
  { tenant, id }: BackfillKey,
  seqs: readonly number[],
): Promise<void> {
  if (seqs.length > 0) await affected(step, blockText, [tenant, id, seqs]);
}
