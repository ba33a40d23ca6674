import { Link, useParams } from 'react-router';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { SearchBox, useFilters } from '../../ui/filters';
import { FirstTask } from '../../ui/first-steps';
import { Page } from '../../ui/page';
import { usePagedRows } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Tag } from '../../ui/status-tag';

interface Table {
  name: string;
  registered: boolean;
}

/** The tables of a connection, registered or not. */
export function BrowsePage() {
  const t = useT();
  const { name = '' } = useParams();
  const read = useCall('GET /connections/{name}/tables', { params: { name } });
  const [filters, setFilters] = useFilters(['search']);
  const wanted = filters.search.toLowerCase();
  const found = read.data?.items.filter(({ name: table }) => table.toLowerCase().includes(wanted));
  const list = usePagedRows(found, { problem: read.error, retry: () => void read.refetch() });
  const columns: Column<Table>[] = [
    {
      key: 'name',
      title: t('run.table'),
      grows: true,
      render: ({ name: table }) => (
        <Link to={`/tables/${encodeURIComponent(table)}`} className="row-name">
          {table}
        </Link>
      ),
      text: ({ name: table }) => table,
    },
    {
      key: 'registered',
      title: t('tables.registered'),
      render: ({ name: table, registered }) =>
        registered ? (
          <Tag tone="good">{t('tables.isRegistered')}</Tag>
        ) : (
          <Link
            to={`/tables/${encodeURIComponent(table)}`}
            aria-label={`${t('browse.map')}: ${table}`}
          >
            {t('browse.map')}
          </Link>
        ),
      text: ({ registered }) => (registered ? 'true' : 'false'),
    },
  ];
  return (
    <Page
      title={name}
      crumbs={[{ title: t('nav.access') }, { title: t('nav.connections'), to: '/connections' }]}
      about={t('browse.about')}
      actions={<FirstTask show={read.data?.items.some(({ registered }) => registered) ?? false} />}
    >
      <DataList
        label={t('nav.tables')}
        of={list}
        rowKey={({ name: table }) => table}
        columns={columns}
        exportAs={`tables-of-${name}`}
        filters={
          <SearchBox
            label={t('tables.search')}
            value={filters.search}
            onChange={(search) => setFilters({ search })}
          />
        }
        empty={<Nothing title={t(filters.search ? 'list.noMatch' : 'browse.none')} />}
      />
    </Page>
  );
}
