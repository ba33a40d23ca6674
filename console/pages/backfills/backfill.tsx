import { Button, Progress } from 'antd';
import { Link, useParams } from 'react-router';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { Choice, useFilters } from '../../ui/filters';
import { Facts, Page, Panel } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Reason } from '../../ui/reason';
import { Answered, Nothing } from '../../ui/states';
import { StatusTag } from '../../ui/status-tag';
import { TaskLink } from '../../ui/task-link';
import { Time } from '../../ui/time';
import { writtenTime } from '../../ui/format';
import { useConfirm, useDo } from '../../ui/use-do';
import { useTasks, type KnownTask } from '../../api/tasks';
import { doneShare } from './page';

type Backfill = Schemas['BackfillWithCells'];
type Cell = Schemas['BackfillCell'];

const cellStates = [
  ...(['waiting', 'running', 'succeeded', 'failed', 'timedOut'] as const),
  ...(['cancelled', 'blocked', 'skipped', 'dropped'] as const),
];

/** One backfill: how far it is, what became of each cell, and what can be done about it. */
export function BackfillPage() {
  const t = useT();
  const { id = '' } = useParams();
  const read = useCall('GET /backfills/{id}', { params: { id } });
  const crumbs = [{ title: t('nav.backfills'), to: '/backfills' }];
  return (
    <Answered of={read} crumbs={crumbs}>
      {(backfill) => (
        <Page
          title={t('backfill.title')}
          crumbs={crumbs}
          about={
            <span className="task-head">
              <StatusTag status={backfill.status} /> <span className="mono">{backfill.id}</span>
            </span>
          }
          actions={<Moves backfill={backfill} />}
        >
          <Panel>
            <Progress
              percent={doneShare(backfill)}
              status={backfill.status === 'failed' ? 'exception' : 'normal'}
              aria-label={t('run.progress')}
            />
            <Counts backfill={backfill} />
          </Panel>
          <Cells id={id} />
        </Page>
      )}
    </Answered>
  );
}

function Counts({ backfill }: { backfill: Backfill }) {
  const t = useT();
  const counts = cellStates
    .filter((state) => (backfill.counts[state] ?? 0) > 0)
    .map((state) => [t(`status.${state}`), String(backfill.counts[state])] as const);
  return (
    <Facts
      items={[
        [t('backfill.count'), String(backfill.count)],
        ...counts,
        [t('task.createdAt'), <Time key="c" at={backfill.createdAt} />],
        [
          backfill.finishedAt ? t('run.finishedAt') : t('backfill.end'),
          <Time key="e" at={backfill.finishedAt ?? backfill.estimatedEnd} />,
        ],
        [t('wizard.concurrency'), String(backfill.concurrency)],
        [t('wizard.downstream'), t(`wizard.downstream.${backfill.downstream}`)],
      ]}
    />
  );
}

function Moves({ backfill: { id, status, counts } }: { backfill: Backfill }) {
  const t = useT();
  const confirm = useConfirm();
  const pause = useDo('POST /backfills/{id}:pause', ['backfill']);
  const resume = useDo('POST /backfills/{id}:resume', ['backfill']);
  const cancel = useDo('POST /backfills/{id}:cancel', ['backfill']);
  const retry = useDo('POST /backfills/{id}:retry-failed', ['backfill']);
  const params = { id };
  const failed = ['failed', 'timedOut', 'cancelled', 'blocked'] as const;
  const canRetry = failed.some((state) => (counts[state] ?? 0) > 0);
  const askToCancel = (mode: 'drain' | 'kill') =>
    confirm(
      {
        title: t('backfill.cancelTitle'),
        text: t(`backfill.cancel.${mode}`),
        yes: t(`backfill.${mode}`),
      },
      () => cancel.act({ params, body: { mode } }, t('backfill.cancelled')),
    );
  return (
    <>
      {status === 'running' && (
        <ActionButton
          needs="operator"
          onClick={() => void pause.act({ params })}
          loading={pause.busy}
        >
          {t('act.pause')}
        </ActionButton>
      )}
      {status === 'paused' && (
        <ActionButton
          needs="operator"
          onClick={() => void resume.act({ params })}
          loading={resume.busy}
        >
          {t('act.resume')}
        </ActionButton>
      )}
      {canRetry && status !== 'cancelling' && (
        <ActionButton
          needs="operator"
          loading={retry.busy}
          onClick={() => void retry.act({ params }, t('backfill.retried'))}
        >
          {t('backfill.retry')}
        </ActionButton>
      )}
      {(status === 'running' || status === 'paused') && (
        <>
          <ActionButton needs="operator" danger onClick={() => askToCancel('drain')}>
            {t('backfill.drain')}
          </ActionButton>
          <ActionButton needs="operator" danger onClick={() => askToCancel('kill')}>
            {t('backfill.kill')}
          </ActionButton>
        </>
      )}
    </>
  );
}

function Cells({ id }: { id: string }) {
  const t = useT();
  const [filters, setFilters] = useFilters(['state']);
  const state = cellStates.find((one) => one === filters.state);
  const list = usePaged('GET /backfills/{id}/cells', {
    params: { id },
    query: { ...(state && { state }) },
  });
  const tasks = useTasks((list.rows ?? []).map(({ taskId }) => taskId));
  return (
    <Panel title={t('backfill.cells')}>
      <DataList
        label={t('backfill.cells')}
        of={list}
        rowKey={({ taskId, scheduleTime }) => `${taskId} ${scheduleTime}`}
        columns={columnsOf(t, tasks)}
        actions={({ taskId, runId }) =>
          runId &&
          !tasks.get(taskId)?.removed && (
            <Link to={`/tasks/${taskId}/records/${runId}`}>
              <Button size="small" tabIndex={-1}>
                {t('instances.record')}
              </Button>
            </Link>
          )
        }
        exportAs={`backfill-${id}`}
        filters={
          <Choice
            label={t('run.status')}
            value={filters.state}
            onChange={(chosen) => setFilters({ state: chosen })}
            options={cellStates.map((one) => ({ value: one, label: t(`status.${one}`) }))}
          />
        }
        empty={<Nothing title={t('list.noMatch')} />}
      />
    </Panel>
  );
}

function columnsOf(t: ReturnType<typeof useT>, tasks: Map<string, KnownTask>): Column<Cell>[] {
  return [
    {
      key: 'task',
      title: t('task.name'),
      render: ({ taskId }) => (
        <TaskLink id={taskId} task={tasks.get(taskId)} to={`/tasks/${taskId}/instances`} />
      ),
      text: ({ taskId }) => tasks.get(taskId)?.name ?? taskId,
    },
    {
      key: 'time',
      title: t('run.scheduleTime'),
      render: ({ taskId, scheduleTime }) => (
        <Time at={scheduleTime} zone={tasks.get(taskId)?.timezone} />
      ),
      text: ({ taskId, scheduleTime }) => writtenTime(scheduleTime, tasks.get(taskId)?.timezone),
    },
    {
      key: 'action',
      title: t('plan.action'),
      render: ({ action }) => t(`plan.action.${action}`),
      text: ({ action }) => action,
    },
    {
      key: 'state',
      title: t('run.status'),
      render: ({ state, reason }) => <StatusTag status={state} reason={reason} />,
      text: ({ state }) => t(`status.${state}`),
    },
    {
      key: 'reason',
      title: t('instances.reason'),
      grows: true,
      render: ({ reason }) =>
        reason ? <Reason text={reason} /> : <span className="faint">–</span>,
      text: ({ reason }) => reason,
    },
  ];
}
