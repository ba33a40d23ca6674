import { Statistic } from 'antd';
import { Link } from 'react-router';
import { idMappingSummaryOf, type IdMappingSummary } from '../../api/id-mapping';
import { useCall } from '../../api/hooks';
import { useT, useWords } from '../../i18n';
import { DataList } from '../../ui/data-list';
import { Panel } from '../../ui/page';
import { countText } from '../../ui/format';
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
            <MatchedRows summary={summary} taskId={task.id} />
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
function Sizes({ summary: { sizes } }: { summary: IdMappingSummary }) {
  const { t, locale } = useWords();
  if (sizes === undefined) return <p className="faint">{t('result.noSizes')}</p>;
  const bars = sizes.groups.map(({ from, to, users }) => {
    const range = from === to ? String(from) : `${from}–${to ?? '∞'}`;
    return { name: t('result.size', { count: range }), count: users };
  });
  return (
    <>
      <Bars label={t('result.sizes')} bars={bars} />
      <p className="under">{t('result.largest', { count: countText(sizes.largest, locale) })}</p>
    </>
  );
}

/** How much of each table belongs to users whom other tables know too. */
function MatchedRows({
  summary: { matched, idsByType },
  taskId,
}: {
  summary: IdMappingSummary;
  taskId: string;
}) {
  const { t, locale } = useWords();
  if (matched === undefined) return null;
  const nobodyMeets =
    'phone' in idsByType &&
    matched.length > 1 &&
    matched.some(({ withUser, matched: some }) => withUser > 0 && some === 0);
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  return (
    <Panel title={t('result.matched')}>
      <p className="under">{t('result.matchedMore')}</p>
      {nobodyMeets && (
        <p className="under">
          {t('result.region')} <Link to={`/tasks/${taskId}/edit`}>{t('act.edit')}</Link>
        </p>
      )}
      <DataList
        label={t('result.matched')}
        of={{ rows: matched, problem: null, retry: () => undefined }}
        rowKey={({ table }) => table}
        columns={[
          {
            key: 'table',
            title: t('result.table'),
            grows: true,
            render: ({ table }) => <span className="mono row-name">{table}</span>,
            text: ({ table }) => table,
          },
          {
            key: 'rows',
            title: t('result.rows'),
            align: 'right',
            render: ({ rows }) => countText(rows, locale),
            text: ({ rows }) => String(rows),
          },
          {
            key: 'withUser',
            title: t('result.withUser'),
            align: 'right',
            render: ({ withUser }) => countText(withUser, locale),
            text: ({ withUser }) => String(withUser),
          },
          {
            key: 'matched',
            title: t('result.matchedRows'),
            align: 'right',
            render: ({ rows, matched: some }) =>
              `${countText(some, locale)} (${share.format(rows === 0 ? 0 : some / rows)})`,
            text: ({ matched: some }) => String(some),
          },
        ]}
        exportAs="matched-rows"
        empty={<Nothing title={t('result.none')} />}
      />
    </Panel>
  );
}

const changeKinds = ['new', 'kept', 'gone', 'merged', 'split'] as const;

function Changes({ summary: { changes } }: { summary: IdMappingSummary }) {
  const t = useT();
  if (!changes) return null;
  return (
    <Panel title={t('result.changes')}>
      <div className="figures">
        {changeKinds.map((kind) => (
          <Statistic key={kind} title={t(`result.change.${kind}`)} value={changes[kind]} />
        ))}
      </div>
    </Panel>
  );
}

/** Values that join nobody: fake phones, addresses of call centres, … */
function LeftOut({ summary }: { summary: IdMappingSummary }) {
  const { t, locale } = useWords();
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
            key: 'why',
            title: t('result.why'),
            render: ({ why }) => t(`result.why.${why ?? 'shared'}`),
            text: ({ why }) => why ?? 'shared',
          },
          {
            key: 'cells',
            title: t('result.cells'),
            align: 'right',
            render: ({ cells }) => (cells === undefined ? '' : countText(cells, locale)),
            text: ({ cells }) => String(cells ?? ''),
          },
          {
            key: 'others',
            title: t('result.others'),
            align: 'right',
            render: ({ others }) => (others === null ? '' : countText(others, locale)),
            text: ({ others }) => String(others ?? ''),
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
