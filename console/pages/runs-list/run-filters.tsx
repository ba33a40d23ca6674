import type { Query } from '../../api/client';
import { useT } from '../../i18n';
import { Choice, useFilters } from '../../ui/filters';
import { spanQuery, TimeRange } from '../../ui/time-range';
import { runStatuses } from './columns';

const starters = ['manual', 'triggers', 'schedule', 'backfill'] as const;

/** What lists of execution records are filtered by. @returns what to ask for, and the fields */
export function useRunFilters() {
  const t = useT();
  const [filters, setFilters] = useFilters(['status', 'startedBy', 'from', 'to']);
  const status = runStatuses.find((one) => one === filters.status);
  const startedBy = starters.find((one) => one === filters.startedBy);
  const query: Query<'GET /runs'> = {
    ...(status && { status }),
    ...(startedBy && { startedBy }),
    ...spanQuery(filters),
  };
  const fields = (
    <>
      <Choice
        label={t('run.status')}
        value={filters.status}
        onChange={(chosen) => setFilters({ status: chosen })}
        options={runStatuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
      />
      <Choice
        label={t('run.startedBy')}
        value={filters.startedBy}
        onChange={(chosen) => setFilters({ startedBy: chosen })}
        options={starters.map((one) => ({ value: one, label: t(`starter.${one}`) }))}
      />
      <TimeRange value={filters} onChange={setFilters} />
    </>
  );
  return { query, fields, isFiltered: Object.keys(query).length > 0 };
}
