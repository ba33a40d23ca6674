import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { Page } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Ago } from '../../ui/time';
import { useConfirm, useDo } from '../../ui/use-do';
import { ConnectionDialog } from './dialog';
import { kindLabel } from './kinds';

type Connection = Schemas['Connection'];

/** Where tables come from and results go to. */
export function ConnectionsPage() {
  const t = useT();
  const list = usePaged('GET /connections', {});
  const navigate = useNavigate();
  const [edited, setEdited] = useState<Connection | 'new' | null>(null);
  const add = (
    <ActionButton
      needs="developer"
      type="primary"
      icon={<PlusOutlined aria-hidden />}
      onClick={() => setEdited('new')}
    >
      {t('connection.new')}
    </ActionButton>
  );
  return (
    <Page
      title={t('nav.connections')}
      crumbs={[{ title: t('nav.configuration') }, { title: t('nav.access') }]}
      about={t('connections.about')}
      actions={add}
    >
      <DataList
        label={t('nav.connections')}
        of={list}
        rowKey={({ name }) => name}
        columns={columnsOf(t)}
        actions={(connection) => (
          <Actions connection={connection} onEdit={() => setEdited(connection)} />
        )}
        exportAs="connections"
        empty={<Nothing title={t('connections.none')}>{add}</Nothing>}
      />
      {edited && (
        <ConnectionDialog
          connection={edited === 'new' ? null : edited}
          // What comes next is to look at its tables.
          {...(edited === 'new' && {
            onSaved: ({ name }: Connection) => void navigate(`/connections/${name}`),
          })}
          close={() => setEdited(null)}
        />
      )}
    </Page>
  );
}

function Actions({ connection, onEdit }: { connection: Connection; onEdit: () => void }) {
  const t = useT();
  const confirm = useConfirm();
  const { act } = useDo('DELETE /connections/{name}', ['connection']);
  const { name } = connection;
  const ask = () =>
    confirm(
      {
        title: t('connection.removeTitle', { name }),
        text: t('connection.removeText'),
        yes: t('act.remove'),
      },
      () => act({ params: { name } }, t('remove.done')),
    );
  return (
    <>
      <Link to={`/connections/${name}`}>
        <Button tabIndex={-1}>{t('connection.browse')}</Button>
      </Link>
      <ActionButton needs="developer" onClick={onEdit} aria-label={`${t('act.edit')}: ${name}`}>
        {t('act.edit')}
      </ActionButton>
      <ActionButton
        needs="developer"
        danger
        onClick={ask}
        aria-label={`${t('act.remove')}: ${name}`}
      >
        {t('act.remove')}
      </ActionButton>
    </>
  );
}

/** Where the data lie, as the config of each kind says it. */
function placeOf({ config }: Connection): string {
  const { path, host, port, database } = config as Record<string, string | number | undefined>;
  if (path !== undefined) return String(path);
  return host === undefined ? '' : `${host}${port ? `:${port}` : ''}/${database ?? ''}`;
}

/** What grants let the caller do. */
function rightsOf({ mayRead, mayWrite }: Connection, t: ReturnType<typeof useT>): string {
  const rights = mayRead ? [t('connection.mayRead')] : [];
  if (mayWrite) rights.push(t('connection.mayWrite'));
  return rights.join(', ');
}

function columnsOf(t: ReturnType<typeof useT>): Column<Connection>[] {
  return [
    {
      key: 'name',
      title: t('connection.name'),
      render: ({ name }) => (
        <Link to={`/connections/${name}`} className="row-name">
          {name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    {
      key: 'type',
      title: t('connection.type'),
      render: ({ type }) => kindLabel(type, t),
      text: ({ type }) => type,
    },
    {
      key: 'place',
      title: t('connection.place'),
      grows: true,
      render: (connection) => <span className="mono">{placeOf(connection)}</span>,
      text: placeOf,
    },
    {
      key: 'rights',
      title: t('connection.rights'),
      render: (connection) => rightsOf(connection, t) || <span className="faint">–</span>,
      text: (connection) => rightsOf(connection, t),
    },
    {
      key: 'updated',
      title: t('task.updatedAt'),
      render: ({ updatedAt }) => <Ago at={updatedAt} />,
      text: ({ updatedAt }) => updatedAt,
    },
  ];
}
