import { Alert } from 'antd';
import { Link, NavLink, Outlet, useNavigate, useOutletContext, useParams } from 'react-router';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { Page } from '../../ui/page';
import { Answered } from '../../ui/states';
import { LatestStatus } from '../tasks/latest-status';
import { TaskActions } from '../tasks/row-actions';

type Task = Schemas['Task'];

/** The task whose pages these are. */
export const useTask = (): Task => useOutletContext<{ task: Task }>().task;

/** One task: how it stands, its records, its calls, its instances. */
export function TaskPage() {
  const t = useT();
  const { taskId = '' } = useParams();
  const navigate = useNavigate();
  const read = useCall('GET /tasks/{id}', { params: { id: taskId } });
  const crumbs = [
    { title: t('nav.workspace'), to: '/' },
    { title: t('nav.tasks'), to: '/tasks' },
  ];
  return (
    <Answered of={read} crumbs={crumbs}>
      {(task) => (
        <Page
          title={task.name}
          crumbs={crumbs}
          about={
            <span className="task-head">
              {task.latestRun && (
                <>
                  <LatestStatus run={{ progress: null, startedAt: null, ...task.latestRun }} />
                  <Link to={`/tasks/${task.id}/records/${task.latestRun.id}`}>
                    {t('instances.record')}
                  </Link>
                </>
              )}
              {task.description}
            </span>
          }
          actions={
            <TaskActions
              task={task}
              base="/tasks"
              records={false}
              onRemoved={() => void navigate('/tasks')}
            />
          }
        >
          {task.stale && <Alert type="warning" showIcon title={t('task.stale')} />}
          <TaskTabs task={task} />
          <Outlet context={{ task }} />
        </Page>
      )}
    </Answered>
  );
}

function TaskTabs({ task }: { task: Task }) {
  const t = useT();
  const tabs = [
    ['', t('task.tab.summary')],
    ['records', t('nav.records')],
    ...(task.kind === 'triggered' ? [['triggers', t('task.tab.triggers')]] : []),
    ['instances', t('task.tab.instances')],
    ...(task.job.type === 'id-mapping' ? [['id-mapping', t('task.tab.idMapping')]] : []),
  ] as [string, string][];
  return (
    <nav className="tabs" aria-label={task.name}>
      {tabs.map(([to, label]) => (
        <NavLink key={to} to={to === '' ? '.' : to} end={to === ''} className="tab">
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
