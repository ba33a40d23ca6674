import { DownloadOutlined } from '@ant-design/icons';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { Choice, SearchBox, useFilters } from '../../ui/filters';
import { Page } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Time } from '../../ui/time';
import { spanQuery, TimeRange } from '../../ui/time-range';
import { ChangeTable, countChanges } from './changes';
import { kinds } from './kinds';

type Entry = Schemas['AuditEntry'];

const names = ['actor', 'action', 'target', 'from', 'to'] as const;
type Filters = Record<(typeof names)[number], string>;

/** Who did what to which thing, with what was before and after. */
export function AuditPage() {
  const t = useT();
  const isAdmin = useMay('admin');
  return (
    <Page title={t('nav.audit')} crumbs={[{ title: t('nav.security') }]} about={t('audit.about')}>
      {isAdmin ? <List /> : <Nothing title={t('roles.needed', { role: t('roles.admin') })} />}
    </Page>
  );
}

function List() {
  const t = useT();
  const [filters, setFilters] = useFilters(names);
  const query = queryOf(filters);
  const list = usePaged('GET /audit', { query });
  const search = new URLSearchParams(query).toString();
  return (
    <DataList
      label={t('nav.audit')}
      of={list}
      rowKey={({ id }) => id}
      columns={columnsOf(t)}
      expand={(entry) => <ChangeTable detail={entry.detail} />}
      filters={
        <>
          <SearchBox
            label={t('audit.actor')}
            value={filters.actor}
            onChange={(actor) => setFilters({ actor })}
          />
          <Choice
            label={t('audit.action')}
            value={filters.action}
            onChange={(action) => setFilters({ action })}
            options={kinds.map((kind) => ({ value: kind, label: kind }))}
          />
          <SearchBox
            label={t('audit.target')}
            value={filters.target}
            onChange={(target) => setFilters({ target })}
          />
          <TimeRange value={filters} onChange={setFilters} />
          {(['csv', 'json'] as const).map((format) => (
            <a
              key={format}
              className="download"
              href={`/api/v1/audit.${format}?${search}`}
              download={`audit.${format}`}
            >
              <DownloadOutlined aria-hidden /> {t('audit.export', { format: format.toUpperCase() })}
            </a>
          ))}
        </>
      }
      empty={<Nothing title={t(search === '' ? 'audit.none' : 'list.noMatch')} />}
    />
  );
}

/** What the API is asked for. */
function queryOf({ from, to, ...others }: Filters): Partial<Filters> {
  const given = Object.entries(others).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(given), ...spanQuery({ from, to }) };
}

function columnsOf(t: ReturnType<typeof useT>): Column<Entry>[] {
  return [
    { key: 'at', title: t('audit.at'), render: ({ at }) => <Time at={at} /> },
    { key: 'actor', title: t('audit.actor'), render: ({ actor }) => actor },
    {
      key: 'action',
      title: t('audit.action'),
      render: ({ action }) => <span className="mono">{action}</span>,
    },
    {
      key: 'target',
      title: t('audit.target'),
      grows: true,
      render: ({ target }) => <Target target={target} />,
    },
    {
      key: 'changes',
      title: t('audit.changes'),
      render: ({ detail }) => countChanges(detail) || '–',
    },
  ];
}

/** The thing, with a way to it where it has a page. */
function Target({ target }: { target: string }) {
  const [kind = '', id = ''] = target.split(/\/(.*)/s);
  const pages: Record<string, string> = {
    ...{ task: '/tasks/', backfill: '/backfills/', connection: '/connections/' },
    ...{ table: '/tables/', user: '/credentials/' },
  };
  const page = pages[kind];
  const text = <span className="mono">{target}</span>;
  return page ? <Link to={page + encodeURIComponent(id)}>{text}</Link> : text;
}
