import { calendarOf } from '../../model/calendar';
import type { ScriptConfig } from '../../model/script-object';
import type { EvaluatedAt } from '../../model/schedule-parameters';
import { settleRecurrence } from '../recurrences';

/** The schedule time of the next run as it is set up; of a node without one, now. */
export function nextRunOf({ scheduleConfiguration }: Pick<ScriptConfig, 'scheduleConfiguration'>): {
  at: EvaluatedAt;
  isScheduled: boolean;
} {
  const { recurrence, timezone } = scheduleConfiguration;
  const now = Date.now();
  const next = recurrence && calendarOf(settleRecurrence(recurrence, timezone), timezone).next(now);
  const scheduleTime = new Date(next ?? now);
  return { at: { scheduleTime, timezone }, isScheduled: next !== null };
}
