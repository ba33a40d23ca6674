import { Tooltip } from 'antd';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { useWords } from '../i18n';
import { agoText, clockOf, offsetText, otherOffset, timeText } from './format';

interface TimeProps {
  at: string | null | undefined;
  /** Whose clocks; those of the browser where none is named. */
  zone?: string | undefined;
  /** Shown where there is no time. */
  none?: string;
}

/** A time by the clocks of a zone, which is told where it is not the reader's; hovering tells more. */
export function Time({ at, zone, none = '–' }: TimeProps) {
  const { locale } = useWords();
  if (!at) return <span className="faint">{none}</span>;
  const { date, time } = clockOf(at, zone);
  const offset = otherOffset(at, zone);
  const more = () =>
    `${offsetText(at, zone)}${zone ? ` (${zone})` : ''} · UTC ${timeText(at, 'UTC')} · ${agoText(at, locale)}`;
  return (
    <Hinted hint={more} at={at} className="time">
      <span>{date}</span> <span>{time}</span>
      {offset && <span className="faint"> {offset}</span>}
    </Hinted>
  );
}

/** How long ago, kept up to date; hovering tells the time. */
export function Ago({ at, zone, none = '–' }: TimeProps) {
  const { locale } = useWords();
  const now = useNow();
  if (!at) return <span className="faint">{none}</span>;
  return (
    <Hinted hint={() => `${timeText(at, zone)} ${offsetText(at, zone)}`} at={at}>
      {agoText(at, locale, now)}
    </Hinted>
  );
}

interface HintedProps {
  hint: () => string;
  at: string;
  className?: string;
  children: ReactNode;
}

/** A time with a hint, which is made when it is first pointed at: lists have hundreds of them. */
function Hinted({ hint, at, className, children }: HintedProps) {
  const [pointedAt, setPointedAt] = useState(false);
  const time = (
    <time dateTime={at} {...(className && { className })} onMouseEnter={() => setPointedAt(true)}>
      {children}
    </time>
  );
  if (!pointedAt) return time;
  return (
    <Tooltip title={hint()} defaultOpen>
      {time}
    </Tooltip>
  );
}

/** One clock for all times of the page. */
const tickMs = 30_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now, again every half minute. */
function useNow(): number {
  useSyncExternalStore(listen, () => now);
  return Date.now();
}
