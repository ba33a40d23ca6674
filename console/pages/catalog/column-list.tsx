import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useT, type Translate } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column as ListColumn } from '../../ui/data-list';
import { Nothing } from '../../ui/states';
import { Tag } from '../../ui/status-tag';
import { Chips, Count } from './columns';
import { EditDialog } from './edit-dialog';
import { ProfileView, Share } from './profile';

type Table = Schemas['CatalogueTableWithColumns'];
type Column = Table['columns'][number];

/** The columns of a table, each with what its values are like. */
export function ColumnList({ table }: { table: Table }) {
  const t = useT();
  const [edited, setEdited] = useState<Column | null>(null);
  return (
    <>
      <DataList
        label={t('catalog.columns')}
        of={{ rows: table.columns, problem: null, retry: () => undefined }}
        rowKey={({ name }) => name}
        columns={columnsOf(t)}
        expand={(column) => <ProfileView column={column} mayRead={table.mayRead} />}
        actions={(column) => (
          <ActionButton
            needs="developer"
            size="small"
            onClick={() => setEdited(column)}
            aria-label={`${t('act.edit')}: ${column.name}`}
          >
            {t('act.edit')}
          </ActionButton>
        )}
        exportAs={table.name}
        empty={<Nothing title={t('catalog.noColumns')} />}
      />
      {edited && <EditDialog table={table} column={edited} close={() => setEdited(null)} />}
    </>
  );
}

function columnsOf(t: Translate): ListColumn<Column>[] {
  return [
    {
      key: 'name',
      title: t('mapping.column'),
      grows: true,
      render: (column) => (
        <>
          <span className="row-name">{column.name}</span>{' '}
          {column.inPrimaryKey && <Tag tone="idle">{t('catalog.key')}</Tag>}
          {(column.description ?? column.comment) && (
            <span className="under">{column.description ?? column.comment}</span>
          )}
        </>
      ),
      text: ({ name }) => name,
    },
    {
      key: 'type',
      title: t('connection.type'),
      render: ({ type, nullable }) => (
        <>
          <span className="mono">{type}</span>
          {nullable === false && <span className="under">{t('catalog.notNull')}</span>}
        </>
      ),
      text: ({ type }) => type,
    },
    {
      key: 'classes',
      title: t('catalog.classes'),
      render: ({ classes }) => (
        <Chips texts={classes.map((one) => t(`catalog.class.${one.class}`))} />
      ),
      text: ({ classes }) => classes.map((one) => one.class).join('; '),
    },
    {
      key: 'tags',
      title: t('catalog.tags'),
      render: ({ tags }) => <Chips texts={tags} />,
      text: ({ tags }) => tags.join('; '),
    },
    {
      key: 'nulls',
      title: t('catalog.nullShare'),
      render: ({ profile }) => (
        <Share share={profile?.nullShare ?? null} label={t('catalog.nullShare')} />
      ),
      text: ({ profile }) => profile?.nullShare,
    },
    {
      key: 'distinct',
      title: t('catalog.distinct'),
      align: 'right',
      render: ({ profile }) => <Count count={profile?.distinct ?? null} />,
      text: ({ profile }) => profile?.distinct,
    },
    {
      key: 'comment',
      title: t('catalog.comment'),
      exportOnly: true,
      render: () => null,
      text: ({ comment }) => comment,
    },
    {
      key: 'description',
      title: t('catalog.description'),
      exportOnly: true,
      render: () => null,
      text: ({ description }) => description,
    },
  ];
}
