import { PlusOutlined } from '@ant-design/icons';
import { Progress } from 'antd';
import { Link, useNavigate } from 'react-router';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { Choice, useFilters } from '../../ui/filters';
import { Page } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { StatusTag } from '../../ui/status-tag';
import { Ago, Time } from '../../ui/time';
import { useTasks, type KnownTask } from '../../api/tasks';

type Backfill = Schemas['Backfill'];

export const backfillStatuses = [
  ...(['running', 'paused', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const),
];

/** Share of the cells that have come to an end, in percent. */
export function doneShare({ counts, count }: Backfill): number {
  const open = (counts.waiting ?? 0) + (counts.running ?? 0);
  return count === 0 ? 100 : Math.round((100 * (count - open)) / count);
}

export function BackfillsPage() {
  const t = useT();
  const navigate = useNavigate();
  const [filters, setFilters] = useFilters(['status']);
  const status = backfillStatuses.find((one) => one === filters.status);
  const list = usePaged('GET /backfills', { query: { ...(status && { status }) } });
  const tasks = useTasks((list.rows ?? []).flatMap(({ taskIds }) => taskIds.slice(0, 3)));
  return (
    <Page
      title={t('nav.backfills')}
      crumbs={[{ title: t('nav.workspace'), to: '/' }]}
      about={t('backfills.about')}
      actions={
        <ActionButton
          needs="operator"
          type="primary"
          icon={<PlusOutlined aria-hidden />}
          onClick={() => void navigate('/backfills/new')}
        >
          {t('backfill.new')}
        </ActionButton>
      }
    >
      <DataList
        label={t('nav.backfills')}
        of={list}
        rowKey={({ id }) => id}
        columns={columnsOf(t, tasks)}
        exportAs="backfills"
        filters={
          <Choice
            label={t('run.status')}
            value={filters.status}
            onChange={(chosen) => setFilters({ status: chosen })}
            options={backfillStatuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
          />
        }
        empty={<Nothing title={t(filters.status ? 'list.noMatch' : 'backfills.none')} />}
      />
    </Page>
  );
}

function columnsOf(t: ReturnType<typeof useT>, tasks: Map<string, KnownTask>): Column<Backfill>[] {
  const namesOf = ({ taskIds }: Backfill) =>
    [
      ...taskIds.slice(0, 3).map((id) => tasks.get(id)?.name ?? id),
      ...(taskIds.length > 3 ? ['…'] : []),
    ].join(', ');
  return [
    {
      key: 'tasks',
      title: t('backfill.tasks'),
      grows: true,
      render: (backfill) => (
        <Link to={`/backfills/${backfill.id}`} className="row-name">
          {namesOf(backfill) || backfill.id}
        </Link>
      ),
      text: namesOf,
    },
    {
      key: 'status',
      title: t('run.status'),
      render: ({ status }) => <StatusTag status={status} />,
      text: ({ status }) => t(`status.${status}`),
    },
    {
      key: 'done',
      title: t('run.progress'),
      width: 180,
      render: (backfill) => (
        <Progress
          percent={doneShare(backfill)}
          size="small"
          status={backfill.status === 'failed' ? 'exception' : 'normal'}
          aria-label={t('run.progress')}
        />
      ),
      text: doneShare,
    },
    {
      key: 'count',
      title: t('backfill.count'),
      align: 'right',
      render: ({ count }) => count,
      text: ({ count }) => count,
    },
    {
      key: 'by',
      title: t('run.startedBy'),
      render: ({ startedBy, startedByUser }) => (
        <>
          {t(`backfill.by.${startedBy}`)}
          <span className="under">{startedByUser}</span>
        </>
      ),
      text: ({ startedByUser }) => startedByUser,
    },
    {
      key: 'created',
      title: t('task.createdAt'),
      render: ({ createdAt }) => <Ago at={createdAt} />,
      text: ({ createdAt }) => createdAt,
    },
    {
      key: 'end',
      title: t('backfill.endOrEstimate'),
      render: ({ finishedAt, estimatedEnd }) => <Time at={finishedAt ?? estimatedEnd} />,
      text: ({ finishedAt }) => finishedAt,
    },
  ];
}
