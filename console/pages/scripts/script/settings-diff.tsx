import { useCall } from '../../../api/hooks';
import { useT } from '../../../i18n';

interface SettingsDiffProps {
  scriptId: string;
  from: number;
  to: number | 'draft';
}

/** Which settings differ between two versions, or a version and the draft; nothing where none does. */
export function SettingsDiff({ scriptId, from, to }: SettingsDiffProps) {
  const t = useT();
  const { data } = useCall('GET /scripts/{id}/versions:diff', {
    params: { id: scriptId },
    query: { from: String(from), to: String(to) },
  });
  if (!data || data.settings.length === 0) return null;
  return (
    <section className="analysis">
      <h3>{t('version.settings')}</h3>
      <ul className="plain-list" aria-label={t('version.settings')}>
        {data.settings.map(({ path, from: before, to: after }) => (
          <li key={path}>
            <span className="mono">{path}</span>
            <span className="mono">
              {textOf(before)} → {textOf(after)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const textOf = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value));
