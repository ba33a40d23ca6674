import { Tooltip } from 'antd';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { durationText, timeText } from '../../ui/format';
import { Facts } from '../../ui/page';
import { Tag } from '../../ui/status-tag';
import { useTasks } from '../../api/tasks';

type Plan = Schemas['BackfillPlan'];
type Cell = Plan['cells'][number];

/** More rows than this nobody reads; the counts are of all. */
const shownTimes = 200;
const tones = { create: 'good', rerun: 'live', skip: 'idle' } as const;

/** The plan: a row for each time, a column for each task, in each cell what would be done and why. */
export function PlanGrid({ plan }: { plan: Plan }) {
  const t = useT();
  const { cells, marks, count, estimatedSeconds } = plan;
  const taskIds = [...new Set(cells.map(({ taskId }) => taskId))];
  const tasks = useTasks([...taskIds, ...marks.map(({ taskId }) => taskId)]);
  const zones = new Set([...tasks.values()].map(({ timezone }) => timezone));
  // Tasks of several zones have no clocks in common but those of who looks.
  const zone = zones.size === 1 ? [...zones][0] : undefined;
  const byTime = Map.groupBy(cells, ({ scheduleTime }) => scheduleTime);
  const counts = countBy(cells);
  return (
    <div className="plan">
      <Facts
        items={[
          [t('plan.count'), String(count)],
          [t('plan.create'), String(counts.create)],
          [t('plan.rerun'), String(counts.rerun)],
          [t('plan.skip'), String(counts.skip)],
          [t('plan.time'), estimatedSeconds === null ? '–' : durationText(estimatedSeconds)],
        ]}
      />
      <div className="plan-scroll" tabIndex={0} role="group" aria-label={t('wizard.review')}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                {t('run.scheduleTime')}
                {zone && <span className="under">{zone}</span>}
              </th>
              {taskIds.map((id) => (
                <th key={id} scope="col">
                  {tasks.get(id)?.name ?? id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...byTime].slice(0, shownTimes).map(([time, here]) => (
              <tr key={time}>
                <th scope="row" className="time">
                  {timeText(time, zone)}
                </th>
                {taskIds.map((id) => (
                  <td key={id}>
                    <PlanCell cell={here.find(({ taskId }) => taskId === id)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {byTime.size > shownTimes && (
        <p className="under">{t('plan.more', { count: byTime.size - shownTimes })}</p>
      )}
      {marks.length > 0 && (
        <>
          <h3>{t('plan.marks')}</h3>
          <ul>
            {marks.slice(0, shownTimes).map(({ taskId, table, scheduleTime }) => (
              <li key={`${taskId} ${table} ${scheduleTime}`}>
                {tasks.get(taskId)?.name ?? taskId}: {table}, {timeText(scheduleTime, zone)}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function PlanCell({ cell }: { cell: Cell | undefined }) {
  const t = useT();
  if (cell === undefined) return null;
  const tag = <Tag tone={tones[cell.action]}>{t(`plan.action.${cell.action}`)}</Tag>;
  if (cell.reason === null) return tag;
  return (
    <Tooltip title={cell.reason}>
      <span>
        {tag}
        <span className="under">{cell.reason}</span>
      </span>
    </Tooltip>
  );
}

function countBy(cells: readonly Cell[]): Record<Cell['action'], number> {
  const counts = { create: 0, rerun: 0, skip: 0 };
  for (const { action } of cells) counts[action] += 1;
  return counts;
}
