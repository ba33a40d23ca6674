import { Link } from 'react-router';
import type { Query, Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { Choice, useFilters } from '../../ui/filters';
import { writtenTime } from '../../ui/format';
import { Panel } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Tag } from '../../ui/status-tag';
import { Time } from '../../ui/time';
import { useDo } from '../../ui/use-do';
import { useTask } from './page';

type Entry = Schemas['TriggerCall'];

const outcomes = ['counted', 'started', 'duplicate', 'ignored'] as const;
const tones = { counted: 'good', started: 'good', duplicate: 'idle', ignored: 'warn' } as const;

/** The trigger ledger: every call with what became of it. Nothing vanishes. */
export function LedgerTab() {
  const t = useT();
  const task = useTask();
  const [filters, setFilters] = useFilters(['outcome', 'table']);
  const query = Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value),
  ) as Query<'GET /tasks/{id}/triggers'>;
  const list = usePaged('GET /tasks/{id}/triggers', { params: { id: task.id }, query });
  const isFiltered = Boolean(filters.outcome || filters.table);
  return (
    <Panel>
      <DataList
        label={t('task.tab.triggers')}
        of={list}
        rowKey={({ receipt }) => receipt}
        columns={columnsOf(t, task.timezone)}
        actions={(entry) => <ApplyButton entry={entry} taskId={task.id} />}
        exportAs={`trigger-ledger-${task.name}`}
        filters={
          <>
            <Choice
              label={t('ledger.outcome')}
              value={filters.outcome}
              onChange={(outcome) => setFilters({ outcome })}
              options={outcomes.map((one) => ({ value: one, label: t(`ledger.${one}`) }))}
            />
            <Choice
              label={t('run.table')}
              value={filters.table}
              onChange={(table) => setFilters({ table })}
              options={task.tables.map(({ name }) => ({ value: name, label: name }))}
            />
          </>
        }
        empty={<Nothing title={t(isFiltered ? 'list.noMatch' : 'ledger.none')} />}
      />
    </Panel>
  );
}

function ApplyButton({ entry, taskId }: { entry: Entry; taskId: string }) {
  const t = useT();
  const { act, busy } = useDo('POST /tasks/{id}/triggers/{receipt}:apply', ['trigger']);
  if (entry.outcome !== 'ignored' || entry.appliedAt !== null) return null;
  return (
    <ActionButton
      needs="operator"
      size="small"
      loading={busy}
      hint={t('ledger.applyMore')}
      onClick={() =>
        void act({ params: { id: taskId, receipt: entry.receipt } }, t('ledger.applied'))
      }
    >
      {t('ledger.apply')}
    </ActionButton>
  );
}

function columnsOf(t: ReturnType<typeof useT>, zone: string): Column<Entry>[] {
  return [
    {
      key: 'at',
      title: t('ledger.at'),
      render: ({ at }) => <Time at={at} zone={zone} />,
      text: ({ at }) => writtenTime(at, zone),
    },
    {
      key: 'table',
      title: t('run.table'),
      render: ({ table }) => <span className="row-name">{table}</span>,
      text: ({ table }) => table,
    },
    {
      key: 'outcome',
      title: t('ledger.outcome'),
      render: ({ outcome, reason }) => (
        <>
          <Tag tone={tones[outcome]}>{t(`ledger.${outcome}`)}</Tag>
          {reason && <span className="under">{reason}</span>}
        </>
      ),
      text: ({ outcome, reason }) => [t(`ledger.${outcome}`), reason].filter(Boolean).join(': '),
    },
    {
      key: 'caller',
      title: t('ledger.caller'),
      render: ({ caller }) => caller,
      text: ({ caller }) => caller,
    },
    {
      key: 'time',
      title: t('run.scheduleTime'),
      render: ({ scheduleTime }) => <Time at={scheduleTime} zone={zone} />,
      text: ({ scheduleTime }) => scheduleTime && writtenTime(scheduleTime, zone),
    },
    {
      key: 'run',
      title: t('instances.record'),
      render: ({ runId }) =>
        runId ? (
          <Link to={`../records/${runId}`}>{t('instances.record')}</Link>
        ) : (
          <span className="faint">–</span>
        ),
      text: ({ runId }) => runId,
    },
    {
      key: 'applied',
      title: t('ledger.appliedBy'),
      render: ({ appliedAt, appliedBy }) =>
        appliedAt ? (
          <>
            {appliedBy} <Time at={appliedAt} zone={zone} />
          </>
        ) : (
          <span className="faint">–</span>
        ),
      text: ({ appliedBy }) => appliedBy,
    },
    {
      key: 'receipt',
      title: t('ledger.receipt'),
      render: () => null,
      text: ({ receipt }) => receipt,
      exportOnly: true,
    },
  ];
}
