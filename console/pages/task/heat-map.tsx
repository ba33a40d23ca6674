import type { Schemas } from '../../api/client';
import { useWords } from '../../i18n';
import { clockOf } from '../../ui/format';

type Instance = Schemas['Instance'];
type Status = Instance['status'];

export const heatWeeks = 26;
const dayMs = 86_400_000;

/** What a day shows where its instances differ: the first of these that is among them. */
const worstFirst: Status[] = [
  ...(['failed', 'timedOut', 'blocked', 'running', 'queued', 'waiting'] as const),
  ...(['missed', 'cancelled', 'skipped', 'succeeded'] as const),
];

interface HeatMapProps {
  instances: readonly Instance[];
  zone: string;
  /** The last week that is shown is that of this instant. */
  end: Date;
  /** The day that is looked at, `2026-11-28`. */
  day: string;
  onDay: (day: string) => void;
}

/** A calendar of half a year: each day in the colour of its worst instance. */
export function HeatMap({ instances, zone, end, day, onDay }: HeatMapProps) {
  const { t, locale } = useWords();
  const byDay = Map.groupBy(instances, ({ scheduleTime }) => clockOf(scheduleTime, zone).date);
  const days = daysShown(end, zone);
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  const month = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' });
  return (
    <div className="heat" role="group" aria-label={t('heat.title')}>
      <div className="heat-days" aria-hidden>
        {days.slice(0, 7).map((one) => (
          <span key={one}>{weekday.format(new Date(one))}</span>
        ))}
      </div>
      <div className="heat-grid" tabIndex={0} role="group" aria-label={t('heat.title')}>
        {days.map((one, index) => {
          const here = byDay.get(one) ?? [];
          const status = worstFirst.find((worst) =>
            here.some((instance) => instance.status === worst),
          );
          const label = status
            ? t('heat.day', { day: one, count: here.length, status: t(`status.${status}`) })
            : t('heat.none', { day: one });
          const look = `heat-cell heat-${status ?? 'none'}${one === day ? ' chosen' : ''}`;
          const first = days.slice(index, index + 7).find((within) => within.endsWith('-01'));
          const monthName = index % 7 === 0 && first ? month.format(new Date(first)) : '';
          return status ? (
            <button
              key={one}
              type="button"
              className={look}
              title={label}
              aria-label={label}
              aria-pressed={one === day}
              onClick={() => onDay(one === day ? '' : one)}
              data-month={monthName}
            />
          ) : (
            <span key={one} className={look} title={label} data-month={monthName} />
          );
        })}
      </div>
      <Legend />
    </div>
  );
}

function Legend() {
  const { t } = useWords();
  return (
    <div className="heat-legend">
      {(['succeeded', 'failed', 'running', 'waiting', 'missed', 'skipped'] as const).map(
        (status) => (
          <span key={status}>
            <i className={`heat-cell heat-${status}`} /> {t(`status.${status}`)}
          </span>
        ),
      )}
    </div>
  );
}

/** Whole weeks from Monday on, up to and with that of an instant. */
function daysShown(end: Date, zone: string): string[] {
  const today = Date.parse(clockOf(end, zone).date);
  const sinceMonday = (new Date(today).getUTCDay() + 6) % 7;
  const first = today - (sinceMonday + (heatWeeks - 1) * 7) * dayMs;
  return Array.from({ length: heatWeeks * 7 }, (_, index) =>
    new Date(first + index * dayMs).toISOString().slice(0, 10),
  );
}
