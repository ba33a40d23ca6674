import { CheckCircleFilled, CloseCircleFilled, WarningFilled } from '@ant-design/icons';
import type { Schemas } from '../../../api/client';
import { useT } from '../../../i18n';
import { Tag } from '../../../ui/status-tag';

type Analysis = Pick<Schemas['ScriptVersion'], 'checks' | 'lineage'>;
type Check = Analysis['checks'][number];
type LineageTable = Analysis['lineage']['reads'][number];

const looks = {
  pass: ['good', <CheckCircleFilled key="pass" aria-hidden />],
  warning: ['warn', <WarningFilled key="warning" aria-hidden />],
  failure: ['bad', <CloseCircleFilled key="failure" aria-hidden />],
} as const;

/** What a submission found: which tables come from which, and each check with its outcome. */
export function Analysis({ checks, lineage }: Analysis) {
  const t = useT();
  return (
    <div className="analysis">
      <section>
        <h3>{t('submit.lineage')}</h3>
        <div className="lineage-line">
          <LineageTables tables={lineage.reads} />
          <span className="lineage-arrow" role="img" aria-label={t('submit.into')}>
            →
          </span>
          <LineageTables tables={lineage.writes} />
        </div>
        {!lineage.complete && <p className="under">{t('submit.notComplete')}</p>}
      </section>
      <section>
        <h3>{t('submit.checks')}</h3>
        <ul className="checks" aria-label={t('submit.checks')}>
          {checks.map((check) => (
            <CheckLine key={check.name} check={check} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function CheckLine({ check: { name, status, messages } }: { check: Check }) {
  const t = useT();
  const [tone, icon] = looks[status];
  return (
    <li>
      <strong>{t(`check.${name}`)}</strong>
      <Tag tone={tone} icon={icon}>
        {t(`check.status.${status}`)}
      </Tag>
      {messages.map((message) => (
        <span key={message} className="under">
          {message}
        </span>
      ))}
    </li>
  );
}

function LineageTables({ tables }: { tables: readonly LineageTable[] }) {
  const t = useT();
  if (tables.length === 0) return <span className="faint">{t('submit.noTables')}</span>;
  return (
    <ul className="lineage-tables">
      {tables.map(({ table, columns }) => (
        <li key={table}>
          <span className="mono">{table}</span>
          <span className="under">{columns ? columns.join(', ') : t('submit.anyColumns')}</span>
        </li>
      ))}
    </ul>
  );
}
