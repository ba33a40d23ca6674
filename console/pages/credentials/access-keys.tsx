import type { Schemas } from '../../api/client';
import { useAction } from '../../api/hooks';
import { useT } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { Panel } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Ago } from '../../ui/time';
import { useDo } from '../../ui/use-do';
import { NewCredential } from './new-credential';
import { Revoke } from './revoke';

type AccessKey = Schemas['AccessKey'];

/** Access keys of one user, which SDKs of vendors sign with. */
export function AccessKeys({ userId }: { userId: string }) {
  const t = useT();
  const list = usePaged('GET /access-keys', { query: { userId } });
  const create = useAction('POST /access-keys', ['key']);
  const { act } = useDo('DELETE /access-keys/{id}', ['key']);
  const make = async (name: string) => {
    const { id, secret } = await create.mutateAsync({ body: { userId, name } });
    return [
      { label: t('accessKeys.id'), text: id },
      { label: t('accessKeys.secret'), text: secret },
    ];
  };
  return (
    <Panel
      title={t('accessKeys.title')}
      extra={<NewCredential title={t('accessKeys.new')} about={t('keys.userMore')} make={make} />}
    >
      <p className="under">{t('accessKeys.about')}</p>
      <DataList
        label={t('accessKeys.title')}
        of={list}
        rowKey={({ id }) => id}
        columns={columnsOf(t)}
        exportAs="access-keys"
        actions={({ id, name }) => (
          <Revoke name={name} act={(done) => act({ params: { id } }, done)} />
        )}
        empty={<Nothing title={t('accessKeys.none')} />}
      />
    </Panel>
  );
}

function columnsOf(t: ReturnType<typeof useT>): Column<AccessKey>[] {
  return [
    {
      key: 'name',
      title: t('keys.name'),
      render: ({ name }) => <span className="row-name">{name}</span>,
      text: ({ name }) => name,
    },
    {
      key: 'id',
      title: t('accessKeys.id'),
      render: ({ id }) => <span className="mono">{id}</span>,
      text: ({ id }) => id,
    },
    {
      key: 'created',
      title: t('task.createdAt'),
      render: ({ createdAt }) => <Ago at={createdAt} />,
      text: ({ createdAt }) => createdAt,
    },
    {
      key: 'used',
      title: t('keys.lastUsed'),
      render: ({ lastUsedAt }) => <Ago at={lastUsedAt} none={t('keys.never')} />,
      text: ({ lastUsedAt }) => lastUsedAt,
    },
  ];
}
