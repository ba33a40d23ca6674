import { Link } from 'react-router';
import type { Schemas } from '../api/client';
import { useTasks } from '../api/tasks';
import { useT } from '../i18n';
import { DataList, type Column } from '../ui/data-list';
import { Choice, useFilters } from '../ui/filters';
import { Page } from '../ui/page';
import { usePaged } from '../ui/paged';
import { Nothing } from '../ui/states';
import { runColumns, runStatuses } from './runs-list/columns';
import { RunActions } from './runs-list/run-actions';
import { RunDetails } from './runs-list/run-details';

type Run = Schemas['Run'];

/** Execution records of all tasks, newest first. */
export function RunsPage() {
  const t = useT();
  const [filters, setFilters] = useFilters(['status']);
  const status = runStatuses.find((one) => one === filters.status);
  const list = usePaged('GET /runs', { query: { ...(status && { status }) } });
  const tasks = useTasks((list.rows ?? []).map(({ taskId }) => taskId));
  const nameOf = ({ taskId }: Run) => tasks.get(taskId)?.name ?? taskId;
  const task: Column<Run> = {
    key: 'task',
    title: t('task.name'),
    render: (run) => (
      <Link to={`/tasks/${run.taskId}/records`} className="row-name">
        {nameOf(run)}
      </Link>
    ),
    text: nameOf,
  };
  return (
    <Page
      title={t('nav.runs')}
      crumbs={[{ title: t('nav.workspace'), to: '/' }]}
      about={t('runs.about')}
    >
      <DataList
        label={t('nav.runs')}
        of={list}
        rowKey={(run) => run.id}
        columns={[task, ...runColumns(t, ({ taskId }) => tasks.get(taskId)?.timezone)]}
        actions={(run) => <RunActions run={run} task={tasks.get(run.taskId)} />}
        expand={(run) => <RunDetails run={run} zone={tasks.get(run.taskId)?.timezone} />}
        exportAs="execution-records"
        filters={
          <Choice
            label={t('run.status')}
            value={filters.status}
            onChange={(chosen) => setFilters({ status: chosen })}
            options={runStatuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
          />
        }
        empty={<Nothing title={t(filters.status ? 'list.noMatch' : 'runs.none')} />}
      />
    </Page>
  );
}
