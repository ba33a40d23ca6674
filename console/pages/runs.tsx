import type { Schemas } from '../api/client';
import { useTasks } from '../api/tasks';
import { useT } from '../i18n';
import { DataList, type Column } from '../ui/data-list';
import { Page } from '../ui/page';
import { usePaged } from '../ui/paged';
import { Nothing } from '../ui/states';
import { TaskLink } from '../ui/task-link';
import { runColumns } from './runs-list/columns';
import { RunActions } from './runs-list/run-actions';
import { RunDetails } from './runs-list/run-details';
import { useRunFilters } from './runs-list/run-filters';

type Run = Schemas['Run'];

/** Execution records of all tasks, newest first. */
export function RunsPage() {
  const t = useT();
  const { query, fields, isFiltered } = useRunFilters();
  const list = usePaged('GET /runs', { query });
  const tasks = useTasks((list.rows ?? []).map(({ taskId }) => taskId));
  const nameOf = ({ taskId }: Run) => tasks.get(taskId)?.name ?? taskId;
  const task: Column<Run> = {
    key: 'task',
    title: t('task.name'),
    render: (run) => (
      <TaskLink id={run.taskId} task={tasks.get(run.taskId)} to={`/tasks/${run.taskId}/records`} />
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
        filters={fields}
        empty={<Nothing title={t(isFiltered ? 'list.noMatch' : 'runs.none')} />}
      />
    </Page>
  );
}
