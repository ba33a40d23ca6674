import { useWords } from '../../i18n';
import { countText } from '../../ui/format';

interface BarsProps {
  label: string;
  bars: readonly { name: string; count: number }[];
}

/** A plot of counts: a bar for each, its number behind it, so that nothing hangs on the picture. */
export function Bars({ label, bars }: BarsProps) {
  const { locale } = useWords();
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <ul className="bars" aria-label={label}>
      {bars.map(({ name, count }) => (
        <li key={name}>
          <span>{name}</span>
          <span className="bar-track" aria-hidden>
            <span style={{ width: `${(100 * count) / most}%` }} />
          </span>
          <span className="bar-count">{countText(count, locale)}</span>
        </li>
      ))}
    </ul>
  );
}
