import type { Schemas } from '../../api/client';
import type { Translate } from '../../i18n';

type Task = Schemas['Task'];
export type Recurrence = NonNullable<Task['recurrence']>;

/** The four ways that `Scheduling Frequency` knows. */
export const frequencies = ['manual', 'daily', 'hourly', 'triggered'] as const;
export type Frequency = (typeof frequencies)[number];

/** A cron expression is a cycle of days; it is written in place of the time of day. */
export function frequencyOf({ kind, recurrence }: Pick<Task, 'kind' | 'recurrence'>): Frequency {
  if (kind !== 'recurring') return kind;
  return recurrence && 'every' in recurrence && recurrence.every === 'hour' ? 'hourly' : 'daily';
}

/** The cycle in words: `02:30`, `every 2 h from 00:15`, the cron expression. */
export function cycleText(recurrence: Recurrence | null, t: Translate): string {
  if (recurrence === null) return '';
  if ('cron' in recurrence) return recurrence.cron;
  if (recurrence.every === 'day') return t('cycle.day', { at: recurrence.at });
  const { from = '00:00', interval = 1 } = recurrence;
  return t('cycle.hour', { from, interval });
}

/** How a task is scheduled, with its cycle where it has one. */
export function Method({ task, t }: { task: Task; t: Translate }) {
  const cycle = task.kind === 'recurring' ? cycleText(task.recurrence, t) : '';
  return (
    <span>
      {t(`frequency.${frequencyOf(task)}`)}
      {cycle && <span className="under">{cycle}</span>}
      {task.paused && <span className="under paused">{t('task.paused')}</span>}
    </span>
  );
}

/** The script that a task was made of; null of a plain task, whose script goes by its own id. */
export function scriptOf({ id, job }: Pick<Task, 'id' | 'job'>): string | null {
  const { scriptId } = job.config;
  return job.type === 'sync-script' && typeof scriptId === 'string' && scriptId !== id
    ? scriptId
    : null;
}

/** Tasks that come from elsewhere are changed there. @returns why this one cannot be; null: it can */
export function whyNotEditable({ imported }: Pick<Task, 'imported'>, t: Translate): string | null {
  return imported && t('task.imported', { origin: originOf(imported, t) });
}

/** Why nobody starts, reruns or backfills it by hand; null: whoever may can. */
export function whyNotStartable(
  { imported, kind }: Pick<Task, 'imported' | 'kind'>,
  t: Translate,
): string | null {
  if (!imported || kind !== 'recurring') return null;
  return t('task.importedRecurring', { origin: originOf(imported, t) });
}

/** The system that a task comes from, and its id there. */
export function originOf(
  { source, externalId }: NonNullable<Task['imported']>,
  t: Translate,
): string {
  return `${source || t('task.importedOther')} (${externalId})`;
}
