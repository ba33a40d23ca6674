import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { call, type ApiProblem, type Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { clockOf, writtenTime } from '../../ui/format';
import { Panel } from '../../ui/page';
import { Reason } from '../../ui/reason';
import { Nothing } from '../../ui/states';
import { StatusTag } from '../../ui/status-tag';
import { Time } from '../../ui/time';
import { RunActions } from '../runs-list/run-actions';
import { HeatMap, heatWeeks } from './heat-map';
import { whyNotStartable } from '../tasks/method';
import { useTask } from './page';

type Instance = Schemas['Instance'];

/** Enough for half a year of hours; what is older is in the execution records. */
const mostPages = 5;
/** The days of the calendar lead to the others. */
const mostShown = 100;
const halfYearMs = heatWeeks * 7 * 86_400_000;

/** The instances of half a year: a calendar, and the list of one day or of all. */
export function InstancesTab() {
  const t = useT();
  const task = useTask();
  const { id, timezone, name } = task;
  const navigate = useNavigate();
  const [day, setDay] = useState('');
  /** How many half years back. */
  const [back, setBack] = useState(0);
  const [now] = useState(() => Math.floor(Date.now() / 1_000) * 1_000);
  const end = new Date(now - back * halfYearMs);
  const read = useQuery<Instance[], ApiProblem>({
    queryKey: ['GET /tasks/{id}/instances', id, back],
    queryFn: ({ signal }) => readHalfYear(id, back === 0 ? null : end, end, signal),
  });
  const shown = read.data?.filter(
    ({ scheduleTime }) => day === '' || clockOf(scheduleTime, timezone).date === day,
  );
  const list = {
    rows: shown?.slice(0, 500),
    problem: read.error,
    retry: () => void read.refetch(),
  };
  return (
    <Panel
      title={t('instances.title')}
      extra={
        <ActionButton
          needs="operator"
          blocked={whyNotStartable(task, t)}
          onClick={() => void navigate(`/backfills/new?task=${id}`)}
        >
          {t('backfill.new')}
        </ActionButton>
      }
    >
      <div className="heat-moves">
        <Button size="small" icon={<LeftOutlined aria-hidden />} onClick={() => setBack(back + 1)}>
          {t('heat.earlier')}
        </Button>
        <Button
          size="small"
          icon={<RightOutlined aria-hidden />}
          disabled={back === 0}
          onClick={() => setBack(back - 1)}
        >
          {t('heat.later')}
        </Button>
      </div>
      <HeatMap instances={read.data ?? []} zone={timezone} end={end} day={day} onDay={setDay} />
      <DataList
        label={t('instances.title')}
        of={list}
        rowKey={({ scheduleTime }) => scheduleTime}
        columns={columnsOf(t, timezone)}
        actions={({ run }) => run && <RunActions run={run} task={task} />}
        exportAs={`instances-${name}`}
        empty={<Nothing title={t('instances.none')} />}
      />
      {shown !== undefined && shown.length > mostShown && (
        <p className="under">{t('instances.more', { count: shown.length - mostShown })}</p>
      )}
    </Panel>
  );
}

/** @param to null: also what is yet to come */
async function readHalfYear(
  id: string,
  to: Date | null,
  end: Date,
  signal: AbortSignal,
): Promise<Instance[]> {
  const from = new Date(end.getTime() - halfYearMs).toISOString();
  const items: Instance[] = [];
  let pageToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const query = {
      ...{ from, pageSize: 1000 },
      ...(to && { to: to.toISOString() }),
      ...(pageToken && { pageToken }),
    };
    const answer = await call('GET /tasks/{id}/instances', { params: { id }, query }, signal);
    items.push(...answer.items);
    if (answer.nextPageToken === null) break;
    pageToken = answer.nextPageToken;
  }
  return items;
}

function columnsOf(t: ReturnType<typeof useT>, zone: string): Column<Instance>[] {
  return [
    {
      key: 'time',
      title: t('run.scheduleTime'),
      render: ({ scheduleTime }) => <Time at={scheduleTime} zone={zone} />,
      text: ({ scheduleTime }) => writtenTime(scheduleTime, zone),
    },
    {
      key: 'status',
      title: t('run.status'),
      render: ({ status, reason }) => <StatusTag status={status} reason={reason} />,
      text: ({ status }) => t(`status.${status}`),
    },
    {
      key: 'attempts',
      title: t('instances.attempts'),
      align: 'right',
      render: ({ attempts }) => attempts,
      text: ({ attempts }) => attempts,
    },
    {
      key: 'reason',
      title: t('instances.reason'),
      grows: true,
      render: ({ reason }) =>
        reason ? <Reason text={reason} /> : <span className="faint">–</span>,
      text: ({ reason }) => reason,
    },
    {
      key: 'run',
      title: t('instances.record'),
      render: ({ taskId, run }) =>
        run ? (
          <Link to={`/tasks/${taskId}/records/${run.id}`}>{t('instances.record')}</Link>
        ) : (
          <span className="faint">–</span>
        ),
    },
  ];
}
