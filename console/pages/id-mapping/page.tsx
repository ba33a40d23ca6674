import { Statistic } from 'antd';
import { idMappingSummaryOf, type IdMappingSummary } from '../../api/id-mapping';
import { useCall } from '../../api/hooks';
import { useT, useWords } from '../../i18n';
import { DataList } from '../../ui/data-list';
import { Panel } from '../../ui/page';
import { Answered, Nothing } from '../../ui/states';
import { Time } from '../../ui/time';
import { useTask } from '../task/page';
import { Bars } from './bars';
import { LookUp } from './look-up';

/** The result of an ID mapping: how many users and IDs, what changed, what was left out, and look-ups. */
export function IdMappingTab() {
  const t = useT();
  const task = useTask();
  const read = useCall('GET /tasks/{id}/runs', {
    params: { id: task.id },
    query: { status: 'succeeded', pageSize: 1 },
  });
  return (
    <Answered of={read}>
      {({ items: [run] }) => {
        const summary = idMappingSummaryOf(run?.summary ?? null);
        if (run === undefined || summary === null) return <Nothing title={t('result.none')} />;
        return (
          <>
            <Panel
              title={t('result.title')}
              extra={
                <span className="faint">
                  {t('result.of')} <Time at={run.finishedAt} zone={task.timezone} />
                </span>
              }
            >
              <Figures summary={summary} />
            </Panel>
            <LookUp taskId={task.id} idTypes={Object.keys(summary.idsByType)} />
            <div className="halves">
              <Panel title={t('result.byType')}>
                <Bars
                  label={t('result.byType')}
                  bars={Object.entries(summary.idsByType).map(([name, count]) => ({ name, count }))}
                />
              </Panel>
              <Panel title={t('result.sizes')}>
                <Sizes summary={summary} />
              </Panel>
            </div>
            <Changes summary={summary} />
            <LeftOut summary={summary} />
          </>
        );
      }}
    </Answered>
  );
}

function Figures({ summary }: { summary: IdMappingSummary }) {
  const { t, locale } = useWords();
  const count = (value: number) => new Intl.NumberFormat(locale).format(value);
  return (
    <>
      <div className="figures">
        <Statistic title={t('result.users')} value={count(summary.users)} />
        <Statistic title={t('result.ids')} value={count(summary.ids)} />
        <Statistic title={t('result.rowsRead')} value={count(summary.rowsRead)} />
        <Statistic title={t('result.leftOut')} value={count(summary.leftOutCount)} />
      </div>
      <p className="under">
        {t('result.output')} <span className="mono">{summary.output}</span>
      </p>
    </>
  );
}

/** Users by how many IDs they have. */
function Sizes({ summary: { userSizes } }: { summary: IdMappingSummary }) {
  const t = useT();
  if (userSizes === undefined) return <p className="faint">{t('result.noSizes')}</p>;
  const bars = userSizes.map(({ ids, users }) => ({
    name: t('result.size', { count: ids }),
    count: users,
  }));
  return <Bars label={t('result.sizes')} bars={bars} />;
}

const changeKinds = ['new', 'kept', 'gone', 'merged', 'split'] as const;

function Changes({ summary: { changes } }: { summary: IdMappingSummary }) {
  const t = useT();
  if (changes === undefined) return null;
  return (
    <Panel title={t('result.changes')}>
      <div className="figures">
        {changeKinds.map((kind) => (
          <Statistic key={kind} title={t(`result.change.${kind}`)} value={changes[kind] ?? 0} />
        ))}
      </div>
    </Panel>
  );
}

/** Values that too many others occur with: fake phones, addresses of call centres, … */
function LeftOut({ summary }: { summary: IdMappingSummary }) {
  const t = useT();
  return (
    <Panel title={t('result.suspicious')}>
      <p className="under">{t('result.suspiciousMore')}</p>
      <DataList
        label={t('result.suspicious')}
        of={{ rows: summary.leftOut, problem: null, retry: () => undefined }}
        rowKey={({ idType, value }) => `${idType} ${value}`}
        columns={[
          {
            key: 'value',
            title: t('result.value'),
            grows: true,
            render: ({ value }) => <span className="mono row-name">{value}</span>,
            text: ({ value }) => value,
          },
          {
            key: 'type',
            title: t('mapping.idType'),
            render: ({ idType }) => idType,
            text: ({ idType }) => idType,
          },
          {
            key: 'others',
            title: t('result.others'),
            align: 'right',
            render: ({ others }) => others,
            text: ({ others }) => others,
          },
          {
            key: 'tables',
            title: t('tables.title'),
            render: ({ tables }) => tables.join(', '),
            text: ({ tables }) => tables.join(' '),
          },
        ]}
        exportAs="left-out-values"
        empty={<Nothing title={t('result.nothingSuspicious')} />}
      />
    </Panel>
  );
}
