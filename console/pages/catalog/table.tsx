import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useT, useWords } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { useFilters } from '../../ui/filters';
import { Facts, Page, Panel } from '../../ui/page';
import { Answered, Nothing } from '../../ui/states';
import { Tag } from '../../ui/status-tag';
import { Time } from '../../ui/time';
import { ColumnList } from './column-list';
import { bytesText, Chips, Count, pathOfTable } from './columns';
import { EditDialog } from './edit-dialog';
import { Versions } from './versions';

type Table = Schemas['CatalogueTableWithColumns'];

/** One collected table. */
export function CatalogTablePage() {
  const t = useT();
  const { table: name = '' } = useParams();
  const read = useCall('GET /catalog/tables/{table}', { params: { table: name } });
  return (
    <Page
      title={name}
      crumbs={[{ title: t('nav.catalog'), to: '/catalog' }]}
      about={
        <>
          <Link to={`/lineage?table=${encodeURIComponent(name)}`}>{t('nav.lineage')}</Link>
          {' · '}
          <Link to={`/tables/${encodeURIComponent(name)}`}>{t('mapping.title')}</Link>
        </>
      }
    >
      <Answered of={read}>{(table) => <TableView table={table} />}</Answered>
    </Page>
  );
}

const tabs = ['columns', 'keys', 'versions', 'tasks'] as const;

function TableView({ table }: { table: Table }) {
  const t = useT();
  const [filters] = useFilters(['tab']);
  const shown = tabs.find((tab) => tab === filters.tab) ?? 'columns';
  return (
    <>
      <About table={table} />
      <nav className="tabs" aria-label={table.name}>
        {tabs.map((tab) => (
          <Link
            key={tab}
            to={tab === 'columns' ? '.' : `?tab=${tab}`}
            className={tab === shown ? 'tab active' : 'tab'}
            aria-current={tab === shown ? 'page' : undefined}
          >
            {t(`catalog.${tab}`)}
          </Link>
        ))}
      </nav>
      {shown === 'columns' && <ColumnList table={table} />}
      {shown === 'keys' && <Keys table={table} />}
      {shown === 'versions' && (
        <Versions key={table.version} table={table.name} newest={table.version} />
      )}
      {shown === 'tasks' && <Tasks table={table} />}
    </>
  );
}

function About({ table }: { table: Table }) {
  const t = useT();
  const { locale } = useWords();
  const [editing, setEditing] = useState(false);
  const profile = table.profile && (
    <>
      {t(`catalog.method.${table.profile.method}`)} <Time at={table.profile.at} />
    </>
  );
  return (
    <Panel
      title={t('catalog.title')}
      extra={
        <ActionButton needs="developer" onClick={() => setEditing(true)}>
          {t('act.edit')}
        </ActionButton>
      }
    >
      {table.deletedAt !== null && (
        <p>
          <Tag tone="warn">{t('catalog.deleted')}</Tag> <Time at={table.deletedAt} />
        </p>
      )}
      {(table.description ?? table.comment) && (
        <p className="said">{table.description ?? table.comment}</p>
      )}
      <Facts
        items={[
          [t('catalog.kind'), t(`catalog.kind.${table.kind}`)],
          [t('catalog.rows'), <Count key="rows" count={table.rows} exact={table.rowsExact} />],
          [t('catalog.size'), table.bytes === null ? '–' : bytesText(table.bytes, locale)],
          [t('catalog.owner'), table.owner ?? '–'],
          [t('catalog.tags'), <Chips key="tags" texts={table.tags} />],
          [
            t('catalog.classes'),
            <Chips
              key="classes"
              texts={table.classes.map((one) => t(`catalog.class.${one as 'phone'}`))}
            />,
          ],
          [t('catalog.sourceChangedAt'), <Time key="changed" at={table.sourceChangedAt} />],
          [t('catalog.collectedAt'), <Time key="collected" at={table.collectedAt} />],
          [t('catalog.version'), t('catalog.versionNr', { version: table.version })],
          [t('catalog.profiled'), profile ?? '–'],
          ...(table.partitionedBy
            ? ([
                [
                  t('catalog.partitions'),
                  `${table.partitionedBy}: ${table.partitionCount ?? table.partitions.length}`,
                ],
              ] as const)
            : []),
        ]}
      />
      {editing && <EditDialog table={table} close={() => setEditing(false)} />}
    </Panel>
  );
}

function Keys({ table: { connection, primaryKey, indexes, foreignKeys } }: { table: Table }) {
  const t = useT();
  if (primaryKey.length + indexes.length + foreignKeys.length === 0) {
    return <Nothing title={t('catalog.noKeys')} />;
  }
  return (
    <Panel>
      <ul className="changes" aria-label={t('catalog.keys')}>
        {primaryKey.length > 0 && (
          <li>
            <Tag tone="idle">{t('catalog.primaryKey')}</Tag>{' '}
            <span className="mono">{primaryKey.join(', ')}</span>
          </li>
        )}
        {indexes.map(({ name, columns, unique }) => (
          <li key={`index ${name}`}>
            <Tag tone="idle">{t(unique ? 'catalog.uniqueIndex' : 'catalog.index')}</Tag> {name}{' '}
            <span className="under mono">{columns.join(', ')}</span>
          </li>
        ))}
        {foreignKeys.map(({ name, columns, references, referencedColumns }) => (
          <li key={`key ${name}`}>
            <Tag tone="idle">{t('catalog.foreignKey')}</Tag> {name}{' '}
            <span className="under">
              <span className="mono">{columns.join(', ')}</span> →{' '}
              <Link to={pathOfTable(`${connection}.${references}`)}>{references}</Link>{' '}
              <span className="mono">({referencedColumns.join(', ')})</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Tasks({ table: { tasks, upstreamTables, downstreamTables } }: { table: Table }) {
  const t = useT();
  const links = (names: readonly string[]) =>
    names.length === 0
      ? '–'
      : names.map((name) => (
          <div key={name}>
            <Link to={pathOfTable(name)}>{name}</Link>
          </div>
        ));
  return (
    <Panel>
      {tasks.length === 0 ? (
        <Nothing title={t('catalog.noTasks')} />
      ) : (
        <ul className="changes" aria-label={t('catalog.tasks')}>
          {tasks.map(({ id, name, how }) => (
            <li key={`${id} ${how}`}>
              <Tag tone="idle">{t(`catalog.how.${how}`)}</Tag>{' '}
              <Link to={`/tasks/${id}`}>{name}</Link>
            </li>
          ))}
        </ul>
      )}
      <Facts
        items={[
          [t('catalog.upstream'), links(upstreamTables)],
          [t('catalog.downstream'), links(downstreamTables)],
        ]}
      />
    </Panel>
  );
}
