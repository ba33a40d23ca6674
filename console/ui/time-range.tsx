import { Input } from 'antd';
import { useT } from '../i18n';

/** What stands in the two fields: times without a zone, empty where there is no bound. */
export interface Span {
  from: string;
  to: string;
}

/** Two fields for a span of time. */
export function TimeRange({
  value,
  onChange,
}: {
  value: Span;
  onChange: (change: Partial<Span>) => void;
}) {
  const t = useT();
  return (['from', 'to'] as const).map((end) => (
    <Input
      key={end}
      className="time-filter"
      type="datetime-local"
      prefix={<span className="faint">{t(`span.${end}`)}</span>}
      aria-label={t(`span.${end}`)}
      value={value[end]}
      onChange={({ target }) => onChange({ [end]: target.value })}
    />
  ));
}

/** The bounds as the API is asked for them, with their offset; none that is no time. */
export function spanQuery(span: Span): Partial<Span> {
  const bounds = (['from', 'to'] as const).flatMap((end) => {
    const at = new Date(span[end]);
    return Number.isNaN(at.getTime()) ? [] : [[end, `${at.toISOString().slice(0, 19)}Z`]];
  });
  return Object.fromEntries(bounds) as Partial<Span>;
}
