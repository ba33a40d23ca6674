import { DownloadOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Outlet, useNavigate } from 'react-router';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList } from '../../ui/data-list';
import { Choice, SearchBox, useFilters } from '../../ui/filters';
import { Page } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { tableColumns } from './columns';

const filterNames = ['connection', 'kind', 'class', 'tag', 'deleted'] as const;
const kinds = ['table', 'view', 'materializedView', 'foreignTable', 'file'] as const;

/** What was collected of the sources: searched, or listed by name. */
export function CatalogPage() {
  const t = useT();
  const navigate = useNavigate();
  const [filters, setFilters] = useFilters(['q', ...filterNames]);
  const { q } = filters;
  const query = queryOf(filters);
  const list = usePaged('GET /catalog/tables', { query }, { enabled: q === '' });
  const found = useCall(
    'GET /catalog/search',
    { query: { ...query, q, limit: 100 } },
    { enabled: q !== '', keep: true },
  );
  const hits = {
    rows: found.data?.items,
    problem: found.error,
    retry: () => void found.refetch(),
  };
  const isFiltered = q !== '' || Object.keys(query).length > 0;
  return (
    <Page
      title={t('nav.catalog')}
      crumbs={[{ title: t('nav.workspace'), to: '/' }]}
      about={t('catalog.about')}
      actions={
        <ActionButton
          needs="developer"
          type="primary"
          icon={<PlusOutlined aria-hidden />}
          onClick={() => void navigate('/catalog/new')}
        >
          {t('catalog.newTask')}
        </ActionButton>
      }
    >
      <DataList
        label={t('nav.catalog')}
        of={q === '' ? list : hits}
        rowKey={({ name }) => name}
        columns={tableColumns(t)}
        filters={
          <>
            <SearchBox
              label={t('catalog.search')}
              value={q}
              onChange={(asked) => setFilters({ q: asked })}
            />
            <Filters filters={filters} setFilters={setFilters} />
            <Export query={query} />
          </>
        }
        empty={<Nothing title={t(isFiltered ? 'list.noMatch' : 'catalog.none')} />}
      />
      {q !== '' && found.data?.total.more && <p className="under">{t('catalog.moreHits')}</p>}
      <Outlet />
    </Page>
  );
}

type Filters = Record<(typeof filterNames)[number], string>;

/** Only what is set is asked for. */
function queryOf({ connection, kind, tag, deleted, ...filters }: Filters) {
  return {
    ...(connection && { connection }),
    ...(kind && { kind: kind as (typeof kinds)[number] }),
    ...(filters.class && { class: filters.class as 'phone' }),
    ...(tag && { tag }),
    ...(deleted && { deleted: deleted === 'true' }),
  };
}

function Filters({
  filters,
  setFilters,
}: {
  filters: Filters;
  setFilters: (change: Partial<Filters>) => void;
}) {
  const t = useT();
  const { data } = useCall('GET /catalog/choices', {});
  const same = (values: readonly string[] | undefined) =>
    (values ?? []).map((value) => ({ value, label: value }));
  return (
    <>
      <Choice
        label={t('nav.connection')}
        value={filters.connection}
        onChange={(connection) => setFilters({ connection })}
        options={same(data?.connections)}
      />
      <Choice
        label={t('catalog.kind')}
        value={filters.kind}
        onChange={(kind) => setFilters({ kind })}
        options={kinds.map((kind) => ({ value: kind, label: t(`catalog.kind.${kind}`) }))}
      />
      <Choice
        label={t('catalog.classes')}
        value={filters.class}
        onChange={(chosen) => setFilters({ class: chosen })}
        options={(data?.classes ?? []).map((one) => ({
          value: one,
          label: t(`catalog.class.${one as 'phone'}`),
        }))}
      />
      <Choice
        label={t('catalog.tags')}
        value={filters.tag}
        onChange={(tag) => setFilters({ tag })}
        options={same(data?.tags)}
      />
      <Choice
        label={t('catalog.state')}
        value={filters.deleted}
        onChange={(deleted) => setFilters({ deleted })}
        options={[
          { value: 'false', label: t('catalog.there') },
          { value: 'true', label: t('catalog.deleted') },
        ]}
      />
    </>
  );
}

/** The browser saves what the server sends, however long it is. */
function Export({ query }: { query: Record<string, string | boolean> }) {
  const t = useT();
  return (
    <>
      {(['csv', 'json'] as const).map((format) => {
        const asked = new URLSearchParams({ format });
        for (const [name, value] of Object.entries(query)) asked.set(name, String(value));
        return (
          <Button
            key={format}
            icon={<DownloadOutlined aria-hidden />}
            href={`/api/v1/catalog/export?${asked.toString()}`}
            download
          >
            {format === 'csv' ? t('act.export') : t('catalog.exportJson')}
          </Button>
        );
      })}
    </>
  );
}
