import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Query } from '../api/client';
import { useCall } from '../api/hooks';
import { useT, useWords } from '../i18n';
import { FirstSteps } from '../ui/first-steps';
import { countText } from '../ui/format';
import { Page, Panel } from '../ui/page';
import { Answered, Nothing } from '../ui/states';
import { StatusTag, Tag } from '../ui/status-tag';
import { TaskLink } from '../ui/task-link';
import { Ago, Time } from '../ui/time';
import { useTasks } from '../api/tasks';

/** The start page: what fails, what runs, what waits. */
export function Overview() {
  const t = useT();
  return (
    <Page title={t('nav.overview')} about={t('overview.about')}>
      <div className="tiles">
        <Tile label={t('overview.tasks')} to="/tasks" query={{}} />
        <Tile
          label={t('overview.running')}
          to="/tasks?status=running"
          query={{ status: 'running' }}
        />
        <Tile
          label={t('overview.failed')}
          to="/tasks?status=failed"
          query={{ status: 'failed' }}
          bad
        />
        <WaitingTile />
      </div>
      <div className="halves">
        <Panel title={t('overview.latest')} extra={<Link to="/runs">{t('overview.all')}</Link>}>
          <LatestRuns />
        </Panel>
        <div>
          <Panel title={t('nav.waiting')} extra={<Link to="/waiting">{t('overview.all')}</Link>}>
            <Waiting />
          </Panel>
          <Panel
            title={t('overview.next')}
            extra={<Link to="/tasks?kind=recurring&sort=nextRun">{t('overview.all')}</Link>}
          >
            <NextRuns />
          </Panel>
        </div>
      </div>
    </Page>
  );
}

interface TileProps {
  label: string;
  to: string;
  bad?: boolean;
}

function Figure({ label, to, bad = false, children }: TileProps & { children: ReactNode }) {
  return (
    <Link to={to} className={bad ? 'tile tile-bad' : 'tile'}>
      <span className="tile-figure">{children}</span>
      <span>{label}</span>
    </Link>
  );
}

const countOf = (total: { count: number; more: boolean } | undefined, locale: string) =>
  total === undefined ? '–' : `${countText(total.count, locale)}${total.more ? '+' : ''}`;

function Tile({ query, ...tile }: TileProps & { query: Query<'GET /tasks'> }) {
  const { locale } = useWords();
  const { data } = useCall('GET /tasks', { query: { ...query, pageSize: 1 } });
  return (
    <Figure {...tile} bad={Boolean(tile.bad && data && data.total.count > 0)}>
      {countOf(data?.total, locale)}
    </Figure>
  );
}

function WaitingTile() {
  const { t, locale } = useWords();
  const { data } = useCall('GET /waiting', { query: { pageSize: 5 } });
  return (
    <Figure label={t('overview.waiting')} to="/waiting">
      {countOf(data?.total, locale)}
    </Figure>
  );
}

function LatestRuns() {
  const t = useT();
  const read = useCall('GET /runs', { query: { pageSize: 8 } });
  const tasks = useTasks((read.data?.items ?? []).map(({ taskId }) => taskId));
  return (
    <Answered of={read}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing title={t('runs.none')}>
            <FirstSteps />
          </Nothing>
        ) : (
          <ul className="plain-list">
            {items.map((run) => (
              <li key={run.id}>
                <StatusTag status={run.status} reason={run.failureReason} />
                <TaskLink
                  id={run.taskId}
                  task={tasks.get(run.taskId)}
                  to={`/tasks/${run.taskId}/records/${run.id}`}
                />
                <span className="under">
                  <Ago at={run.queuedAt} />
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  );
}

function Waiting() {
  const t = useT();
  const read = useCall('GET /waiting', { query: { pageSize: 5 } });
  return (
    <Answered of={read}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing title={t('waiting.none')} />
        ) : (
          <ul className="plain-list">
            {items.map((task) => {
              const [gate] = task.gates;
              return (
                <li key={task.taskId}>
                  <Link to={`/tasks/${task.taskId}`} className="row-name">
                    {task.name}
                  </Link>
                  {gate && gate.arrivedCount + gate.missingCount > 0 && (
                    <span>
                      {t('gate.count', {
                        marked: gate.arrivedCount,
                        tables: gate.arrivedCount + gate.missingCount,
                      })}
                    </span>
                  )}
                  <span className="under">
                    <Ago at={task.since} zone={task.timezone} />
                  </span>
                </li>
              );
            })}
          </ul>
        )
      }
    </Answered>
  );
}

/** The schedule of all tasks: what is due next. */
function NextRuns() {
  const t = useT();
  const query = { sort: 'nextRun', kind: 'recurring', pageSize: 8 } as const;
  const read = useCall('GET /tasks', { query });
  return (
    <Answered of={read}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing title={t('overview.noNext')} />
        ) : (
          <ul className="plain-list">
            {items.map(({ id, name, nextRunTime, timezone, paused }) => (
              <li key={id}>
                <Link to={`/tasks/${id}`} className="row-name">
                  {name}
                </Link>
                {paused && <Tag tone="warn">{t('task.paused')}</Tag>}
                <span className="under">
                  <Time at={nextRunTime} zone={timezone} />
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  );
}
