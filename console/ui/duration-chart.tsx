import type { Schemas } from '../api/client';
import { useT } from '../i18n';
import { durationText, secondsBetween, timeText } from './format';

type Run = Schemas['Run'];

const height = 96;
const barWidth = 14;
const gap = 6;

/** How long the last runs took, oldest at the left; each bar leads to its record. */
export function DurationChart({ runs, zone }: { runs: readonly Run[]; zone: string | undefined }) {
  const t = useT();
  const bars = runs
    .filter(({ startedAt, finishedAt }) => startedAt !== null && finishedAt !== null)
    .map((run) => ({ run, seconds: secondsBetween(run.startedAt ?? '', run.finishedAt) }))
    .reverse();
  if (bars.length < 2) return null;
  const longest = Math.max(...bars.map(({ seconds }) => seconds), 0.1);
  const width = bars.length * (barWidth + gap);
  const title = t('chart.durations', { count: bars.length });
  return (
    <figure className="chart">
      <figcaption>
        {title} <span className="faint">{t('chart.longest', { time: durationText(longest) })}</span>
      </figcaption>
      <div className="chart-scroll" tabIndex={0} role="group" aria-label={title}>
        <svg width={width} height={height} role="img" aria-label={title}>
          <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} className="axis" />
          {bars.map(({ run, seconds }, index) => {
            const tall = Math.max(3, (seconds / longest) * (height - 8));
            return (
              <rect
                key={run.id}
                className={`bar bar-${run.status}`}
                x={index * (barWidth + gap)}
                y={height - tall}
                width={barWidth}
                height={tall}
                rx={3}
              >
                <title>
                  {`${timeText(run.startedAt ?? '', zone)} · ${t(`status.${run.status}`)} · ${durationText(seconds)}`}
                </title>
              </rect>
            );
          })}
        </svg>
      </div>
    </figure>
  );
}
