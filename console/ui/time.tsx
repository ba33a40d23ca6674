import { Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useWords } from '../i18n';
import { agoText, clockOf, offsetText, timeText } from './format';

interface TimeProps {
  at: string | null | undefined;
  /** Whose clocks; those of the browser where none is named. */
  zone?: string | undefined;
  /** Shown where there is no time. */
  none?: string;
}

/** A time by the clocks of a zone; hovering tells the zone, UTC and how long ago. */
export function Time({ at, zone, none = '–' }: TimeProps) {
  const { locale } = useWords();
  if (!at) return <span className="faint">{none}</span>;
  const { date, time } = clockOf(at, zone);
  const more = `${offsetText(at, zone)}${zone ? ` (${zone})` : ''} · UTC ${timeText(at, 'UTC')} · ${agoText(at, locale)}`;
  return (
    <Tooltip title={more}>
      <time dateTime={at} className="time">
        <span>{date}</span> <span>{time}</span>
      </time>
    </Tooltip>
  );
}

/** How long ago, kept up to date; hovering tells the time. */
export function Ago({ at, zone, none = '–' }: TimeProps) {
  const { locale } = useWords();
  const now = useNow(30_000);
  if (!at) return <span className="faint">{none}</span>;
  return (
    <Tooltip title={`${timeText(at, zone)} ${offsetText(at, zone)}`}>
      <time dateTime={at}>{agoText(at, locale, now)}</time>
    </Tooltip>
  );
}

/** Now, again every so many milliseconds. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
