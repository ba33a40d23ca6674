import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { Choice, SearchBox, useFilters } from '../../ui/filters';
import { Page } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Tag } from '../../ui/status-tag';
import { Ago } from '../../ui/time';
import { useConfirm, useDo } from '../../ui/use-do';

type Table = Schemas['Table'];

/** Registered tables, with what is known of their columns. */
export function TablesPage() {
  const t = useT();
  const [filters, setFilters] = useFilters(['search', 'mapped']);
  const list = usePaged('GET /tables', {
    query: {
      ...(filters.search && { search: filters.search }),
      ...(filters.mapped && { withIdMapping: filters.mapped === 'true' }),
    },
  });
  const isFiltered = Boolean(filters.search || filters.mapped);
  return (
    <Page
      title={t('nav.tables')}
      crumbs={[{ title: t('nav.configuration') }, { title: t('nav.access') }]}
      about={t('tables.about')}
    >
      <DataList
        label={t('nav.tables')}
        of={list}
        rowKey={({ name }) => name}
        columns={columnsOf(t)}
        actions={(table) => <Forget table={table} />}
        exportAs="tables"
        filters={
          <>
            <SearchBox
              label={t('tables.search')}
              value={filters.search}
              onChange={(search) => setFilters({ search })}
            />
            <Choice
              label={t('mapping.title')}
              value={filters.mapped}
              onChange={(mapped) => setFilters({ mapped })}
              options={[
                { value: 'true', label: t('mapping.with') },
                { value: 'false', label: t('mapping.without') },
              ]}
            />
          </>
        }
        empty={
          isFiltered ? (
            <Nothing title={t('list.noMatch')} />
          ) : (
            <Nothing title={t('tables.none')}>
              <Link to="/connections">{t('nav.connections')}</Link>
            </Nothing>
          )
        }
      />
    </Page>
  );
}

function Forget({ table: { name } }: { table: Table }) {
  const t = useT();
  const confirm = useConfirm();
  const { act } = useDo('DELETE /tables/{table}', ['table']);
  const ask = () =>
    confirm(
      {
        title: t('tables.forgetTitle', { name }),
        text: t('tables.forgetText'),
        yes: t('tables.forget'),
      },
      () => act({ params: { table: name } }, t('remove.done')),
    );
  return (
    <ActionButton
      needs="developer"
      danger
      onClick={ask}
      aria-label={`${t('tables.forget')}: ${name}`}
    >
      {t('tables.forget')}
    </ActionButton>
  );
}

function columnsOf(t: ReturnType<typeof useT>): Column<Table>[] {
  const mapped = ({ idMapping }: Table) =>
    (idMapping?.columns ?? []).map(({ column, idType }) => `${column} → ${idType}`);
  return [
    {
      key: 'name',
      title: t('run.table'),
      render: ({ name }) => (
        <Link to={`/tables/${encodeURIComponent(name)}`} className="row-name">
          {name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    {
      key: 'connection',
      title: t('nav.connection'),
      render: ({ connection }) => <Link to={`/connections/${connection}`}>{connection}</Link>,
      text: ({ connection }) => connection,
    },
    {
      key: 'mapping',
      title: t('mapping.title'),
      grows: true,
      render: (table) =>
        table.idMapping ? (
          <span className="chips">
            {mapped(table).map((one) => (
              <span key={one} className="chip">
                {one}
              </span>
            ))}
          </span>
        ) : (
          <Tag tone="idle">{t('mapping.none')}</Tag>
        ),
      text: (table) => mapped(table).join('; '),
    },
    {
      key: 'updated',
      title: t('task.updatedAt'),
      render: ({ updatedAt }) => <Ago at={updatedAt} />,
      text: ({ updatedAt }) => updatedAt,
    },
  ];
}
