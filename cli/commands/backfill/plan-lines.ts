/** The plan of a backfill, for a person. */
import { cellActions, type PlanView } from '../../../model/backfill';
import type { KnownTask } from '../../client/tasks';
import { table } from '../../show/table';
import { counted, durationText, grouped, zonedText } from '../../show/words';

/** Rows of a plan that are shown; who wants all of them takes JSON. */
export const shownCells = 50;
export const shownMarks = 10;

type TaskOf = (id: string) => KnownTask;

/** @param taskOf knows the tasks of the cells and marks that are shown */
export function planLines(plan: PlanView, taskOf: TaskOf): string[] {
  if (plan.count === 0 && plan.marks.length === 0) {
    return ['There is nothing to run: no task has schedule times there.'];
  }
  return [...cellLines(plan, taskOf), ...markLines(plan, taskOf), ...sumLines(plan)];
}

function cellLines({ cells, count }: PlanView, taskOf: TaskOf): string[] {
  if (cells.length === 0) return [];
  const rows = cells.slice(0, shownCells).map(({ taskId, scheduleTime, action, reason }) => {
    const { name, timezone } = taskOf(taskId);
    return [zonedText(scheduleTime, timezone), name, action, reason];
  });
  const rest = count - rows.length;
  const more =
    rest > 0 ? [`and ${grouped(rest)} more (--json prints up to ${grouped(10_000)})`] : [];
  return [...table(['time', 'task', 'action', 'reason'], rows), ...more];
}

function markLines({ marks }: PlanView, taskOf: TaskOf): string[] {
  if (marks.length === 0) return [];
  const rows = marks.slice(0, shownMarks).map(({ taskId, table: marked, scheduleTime }) => {
    const { name, timezone } = taskOf(taskId);
    return [zonedText(scheduleTime, timezone), name, marked];
  });
  const rest = marks.length - rows.length;
  return [
    '',
    'Marked, as there is no instance of that time yet:',
    ...table(['time', 'task', 'table'], rows),
    ...(rest > 0 ? [`and ${grouped(rest)} more`] : []),
  ];
}

function sumLines({ cells, count, estimatedSeconds }: PlanView): string[] {
  const counts = cellActions
    .map((action) => ({ action, times: cells.filter((cell) => cell.action === action).length }))
    .filter(({ times }) => times > 0)
    .map(({ action, times }) => `${grouped(times)} ${action}`);
  const whole = cells.length === count ? '' : ` (of the first ${grouped(cells.length)})`;
  const time =
    estimatedSeconds === null
      ? 'not known, as none of the tasks has run yet'
      : `about ${durationText(estimatedSeconds)}`;
  return [
    '',
    `${counted(count, 'cell')}${counts.length > 0 ? `: ${counts.join(', ')}${whole}` : ''}`,
    `Time: ${time}`,
    'Nothing was started: this is only the plan.',
  ];
}
