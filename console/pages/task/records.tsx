import { useT } from '../../i18n';
import { DataList } from '../../ui/data-list';
import { DurationChart } from '../../ui/duration-chart';
import { Choice, useFilters } from '../../ui/filters';
import { Panel } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { useCall } from '../../api/hooks';
import { runColumns, runStatuses } from '../runs-list/columns';
import { RunActions } from '../runs-list/run-actions';
import { RunDetails } from '../runs-list/run-details';
import { useTask } from './page';

/** `Execution Records`: one record a run, each with the details of every table. */
export function RecordsTab() {
  const t = useT();
  const task = useTask();
  const { id, timezone, name } = task;
  const [filters, setFilters] = useFilters(['status']);
  const status = runStatuses.find((one) => one === filters.status);
  const list = usePaged('GET /tasks/{id}/runs', {
    params: { id },
    query: { ...(status && { status }) },
  });
  const latest = useCall('GET /tasks/{id}/runs', {
    params: { id },
    query: { pageSize: 40 } as never,
  });
  return (
    <Panel>
      <DurationChart runs={latest.data?.items ?? []} zone={timezone} />
      <DataList
        label={t('nav.records')}
        of={list}
        rowKey={(run) => run.id}
        columns={runColumns(t, () => timezone)}
        actions={(run) => <RunActions run={run} task={task} />}
        expand={(run) => <RunDetails run={run} zone={timezone} />}
        exportAs={`execution-records-${name}`}
        filters={
          <Choice
            label={t('run.status')}
            value={filters.status}
            onChange={(chosen) => setFilters({ status: chosen })}
            options={runStatuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
          />
        }
        empty={<Nothing title={t(filters.status ? 'list.noMatch' : 'run.none')} />}
      />
    </Panel>
  );
}
