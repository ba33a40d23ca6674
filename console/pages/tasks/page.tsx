import { PlusOutlined } from '@ant-design/icons';
import { Link, Outlet, useLocation, useNavigate } from 'react-router';
import type { Query, Schemas } from '../../api/client';
import { useT, type Translate } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { Choice, SearchBox, useFilters } from '../../ui/filters';
import { FirstSteps } from '../../ui/first-steps';
import { Page, type Crumb } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Time } from '../../ui/time';
import { writtenTime } from '../../ui/format';
import { GateCount, LatestStatus } from './latest-status';
import { cycleText, frequencyOf, Method } from './method';
import { TaskActions } from './row-actions';

type Row = Schemas['TaskRow'];
type Filter = Query<'GET /tasks'>;

const kinds = ['manual', 'recurring', 'triggered'] as const;
const statuses = [
  'none',
  'queued',
  'running',
  'succeeded',
  'failed',
  'timedOut',
  'cancelled',
  'skipped',
] as const;

/** The order of the list, as the API has it where none is named. */
function orderOf({ sort, order }: { sort: string; order: string }): 'asc' | 'desc' {
  if (order === 'asc' || order === 'desc') return order;
  return sort === 'name' || sort === 'nextRun' ? 'asc' : 'desc';
}

/** `Data Import > Scheduling Tasks`: all tasks, and what can be done with each. */
export function TasksPage() {
  const t = useT();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const base = pathname.startsWith('/import') ? '/import/tasks' : '/tasks';
  const [filters, setFilters] = useFilters(['search', 'kind', 'status', 'sort', 'order']);
  const query = Object.fromEntries(Object.entries(filters).filter(([, value]) => value)) as Filter;
  const order = orderOf(filters);
  const reversed = { query: { ...query, order: order === 'asc' ? 'desc' : 'asc' } } as const;
  const list = usePaged('GET /tasks', { query }, { reversed });
  const isFiltered = Boolean(filters.search || filters.kind || filters.status);
  return (
    <Page
      title={t('nav.tasks')}
      crumbs={crumbsOf(base, t)}
      about={t('tasks.about')}
      actions={
        <ActionButton
          needs="developer"
          type="primary"
          icon={<PlusOutlined aria-hidden />}
          onClick={() => void navigate(`${base}/new`)}
        >
          {t('task.new')}
        </ActionButton>
      }
    >
      <DataList
        label={t('nav.tasks')}
        of={list}
        rowKey={({ id }) => id}
        columns={columnsOf(t)}
        actions={(task) => <TaskActions task={task} base={base} />}
        exportAs="scheduling-tasks"
        {...(filters.sort && {
          sorting: { by: filters.sort, order },
        })}
        onSort={({ by, order }) => setFilters({ sort: by, order })}
        filters={
          <>
            <SearchBox
              label={t('tasks.search')}
              value={filters.search}
              onChange={(search) => setFilters({ search })}
            />
            <Choice
              label={t('task.method')}
              value={filters.kind}
              onChange={(kind) => setFilters({ kind })}
              options={kinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
            />
            <Choice
              label={t('task.latestStatus')}
              value={filters.status}
              onChange={(status) => setFilters({ status })}
              options={statuses.map((status) => ({
                value: status,
                label: status === 'none' ? t('task.hasNotRun') : t(`status.${status}`),
              }))}
            />
          </>
        }
        empty={
          isFiltered ? (
            <Nothing title={t('list.noMatch')} />
          ) : (
            <Nothing title={t('tasks.none')}>
              <FirstSteps newTask={`${base}/new`} />
            </Nothing>
          )
        }
      />
      <Outlet context={{ base }} />
    </Page>
  );
}

function crumbsOf(base: string, t: Translate): Crumb[] {
  const above = [{ title: t('nav.workspace'), to: '/' }];
  if (base === '/tasks') return above;
  return [
    ...above,
    { title: t('nav.configuration') },
    { title: t('nav.access') },
    { title: t('nav.import') },
  ];
}

function columnsOf(t: Translate): Column<Row>[] {
  return [
    {
      key: 'name',
      title: t('task.name'),
      sort: 'name',
      grows: true,
      render: (task) => (
        <Link to={`/tasks/${task.id}`} className="row-name">
          {task.name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    {
      key: 'creator',
      title: t('task.creator'),
      render: ({ creator }) => creator,
      text: ({ creator }) => creator,
    },
    {
      key: 'method',
      title: t('task.method'),
      render: (task) => <Method task={task} t={t} />,
      text: (task) =>
        [t(`frequency.${frequencyOf(task)}`), cycleText(task.recurrence, t)].join(' ').trim(),
    },
    {
      key: 'status',
      title: t('task.latestStatus'),
      sort: 'latestRun',
      render: ({ latestRun }) => <LatestStatus run={latestRun} />,
      text: ({ latestRun }) => latestRun && t(`status.${latestRun.status}`),
    },
    {
      key: 'next',
      title: t('task.nextRun'),
      sort: 'nextRun',
      render: ({ nextRunTime, timezone }) => <Time at={nextRunTime} zone={timezone} />,
      text: ({ nextRunTime, timezone }) => nextRunTime && writtenTime(nextRunTime, timezone),
    },
    {
      key: 'gate',
      title: t('gate.title'),
      render: (task) => <GateCount task={task} />,
      text: ({ gateCounts: counts }) => counts && `${counts.marked}/${counts.tables}`,
    },
    { key: 'id', title: 'ID', render: () => null, text: ({ id }) => id, exportOnly: true },
  ];
}
