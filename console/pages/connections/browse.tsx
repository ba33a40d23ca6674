import { Link, useParams } from 'react-router';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { Page } from '../../ui/page';
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
      render: ({ registered }) =>
        registered ? (
          <Tag tone="good">{t('tables.isRegistered')}</Tag>
        ) : (
          <span className="faint">–</span>
        ),
      text: ({ registered }) => (registered ? 'true' : 'false'),
    },
  ];
  return (
    <Page
      title={name}
      crumbs={[{ title: t('nav.access') }, { title: t('nav.connections'), to: '/connections' }]}
      about={t('browse.about')}
    >
      <DataList
        label={t('nav.tables')}
        of={{ rows: read.data?.items, problem: read.error, retry: () => void read.refetch() }}
        rowKey={({ name: table }) => table}
        columns={columns}
        exportAs={`tables-of-${name}`}
        empty={<Nothing title={t('browse.none')} />}
      />
    </Page>
  );
}
