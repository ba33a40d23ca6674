import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { call, type Schemas } from '../api/client';
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
  const names = useTaskNames((list.rows ?? []).map(({ taskId }) => taskId));
  const task: Column<Run> = {
    key: 'task',
    title: t('task.name'),
    render: ({ taskId }) => (
      <Link to={`/tasks/${taskId}/records`} className="row-name">
        {names.get(taskId) ?? taskId}
      </Link>
    ),
    text: ({ taskId }) => names.get(taskId) ?? taskId,
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
        columns={[task, ...runColumns(t, undefined)]}
        actions={(run) => <RunActions run={run} />}
        expand={(run) => <RunDetails run={run} zone={undefined} />}
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

/** Names of tasks by their ids; a removed task has none. */
export function useTaskNames(ids: readonly string[]): Map<string, string> {
  const wanted = [...new Set(ids)].sort();
  const { data } = useQuery({
    queryKey: ['GET /tasks/{id}', 'names', wanted],
    enabled: wanted.length > 0,
    staleTime: 300_000,
    placeholderData: (before) => before,
    queryFn: async () => {
      const read = wanted.map((id) =>
        call('GET /tasks/{id}', { params: { id } }).then(
          ({ name }) => [id, name] as const,
          () => [id, id] as const,
        ),
      );
      return await Promise.all(read);
    },
  });
  return new Map(data);
}
