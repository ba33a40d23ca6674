import { useT } from '../../i18n';
import { DataList } from '../../ui/data-list';
import { DurationChart } from '../../ui/duration-chart';
import { Panel } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { useCall } from '../../api/hooks';
import { runColumns } from '../runs-list/columns';
import { RunActions } from '../runs-list/run-actions';
import { RunDetails } from '../runs-list/run-details';
import { useRunFilters } from '../runs-list/run-filters';
import { useTask } from './page';

/** `Execution Records`: one record a run, each with the details of every table. */
export function RecordsTab() {
  const t = useT();
  const task = useTask();
  const { id, timezone, name } = task;
  const { query, fields, isFiltered } = useRunFilters();
  const list = usePaged('GET /tasks/{id}/runs', {
    params: { id },
    query,
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
        filters={fields}
        empty={<Nothing title={t(isFiltered ? 'list.noMatch' : 'run.none')} />}
      />
    </Panel>
  );
}
