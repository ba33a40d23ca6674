import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { Page } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Ago } from '../../ui/time';
import { useConfirm, useDo } from '../../ui/use-do';
import { UserDialog } from './dialog';

type User = Schemas['User'];

/** Who may do what; each user's page has the credentials. */
export function UsersPage() {
  const t = useT();
  const isAdmin = useMay('admin');
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  return (
    <Page
      title={t('nav.users')}
      crumbs={[{ title: t('nav.security') }]}
      about={t('users.about')}
      actions={
        <ActionButton
          needs="admin"
          type="primary"
          icon={<PlusOutlined aria-hidden />}
          onClick={() => setEdited('new')}
        >
          {t('users.new')}
        </ActionButton>
      }
    >
      {isAdmin ? (
        <List onEdit={setEdited} />
      ) : (
        <Nothing title={t('roles.needed', { role: t('roles.admin') })} />
      )}
      {edited && (
        <UserDialog user={edited === 'new' ? null : edited} close={() => setEdited(null)} />
      )}
    </Page>
  );
}

function List({ onEdit }: { onEdit: (user: User) => void }) {
  const t = useT();
  const list = usePaged('GET /users', {});
  return (
    <DataList
      label={t('nav.users')}
      of={list}
      rowKey={({ id }) => id}
      columns={columnsOf(t)}
      actions={(user) => <Actions user={user} onEdit={() => onEdit(user)} />}
      exportAs="users"
      empty={<Nothing title={t('users.none')} />}
    />
  );
}

function Actions({ user: { id, name }, onEdit }: { user: User; onEdit: () => void }) {
  const t = useT();
  const confirm = useConfirm();
  const { act } = useDo('DELETE /users/{id}', ['user']);
  const ask = () =>
    confirm(
      { title: t('remove.title', { name }), text: t('users.removeText'), yes: t('act.remove') },
      () => act({ params: { id } }, t('remove.done')),
    );
  return (
    <>
      <Link to={`/credentials/${id}`}>{t('nav.credentials')}</Link>
      <Button size="small" onClick={onEdit} aria-label={`${t('act.edit')}: ${name}`}>
        {t('act.edit')}
      </Button>
      <Button size="small" danger onClick={ask} aria-label={`${t('act.remove')}: ${name}`}>
        {t('act.remove')}
      </Button>
    </>
  );
}

function columnsOf(t: ReturnType<typeof useT>): Column<User>[] {
  return [
    {
      key: 'name',
      title: t('users.name'),
      grows: true,
      render: ({ id, name }) => (
        <Link to={`/credentials/${id}`} className="row-name">
          {name}
        </Link>
      ),
      text: ({ name }) => name,
    },
    {
      key: 'role',
      title: t('users.role'),
      render: ({ role }) => t(`roles.${role}`),
      text: ({ role }) => role,
    },
    {
      key: 'account',
      title: t('users.account'),
      render: ({ account }) => account ?? '–',
      text: ({ account }) => account,
    },
    {
      key: 'created',
      title: t('task.createdAt'),
      render: ({ createdAt }) => <Ago at={createdAt} />,
      text: ({ createdAt }) => createdAt,
    },
    { key: 'id', title: 'ID', render: () => null, text: ({ id }) => id, exportOnly: true },
  ];
}
