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

type Key = Schemas['Key'];

/** Keys of the API of one user: made, shown once, taken away. */
export function Keys({ userId }: { userId: string }) {
  const t = useT();
  const list = usePaged('GET /keys', { query: { userId } });
  const create = useAction('POST /keys', ['key']);
  const { act } = useDo('DELETE /keys/{id}', ['key']);
  const make = async (name: string) => {
    const { secret } = await create.mutateAsync({ body: { userId, name } });
    return [{ label: t('signIn.key'), text: secret }];
  };
  return (
    <Panel
      title={t('keys.title')}
      extra={<NewCredential title={t('keys.new')} about={t('keys.userMore')} make={make} />}
    >
      <p className="under">{t('keys.about')}</p>
      <DataList
        label={t('keys.title')}
        of={list}
        rowKey={({ id }) => id}
        columns={columnsOf(t)}
        exportAs="keys"
        actions={({ id, name }) => (
          <Revoke name={name} act={(done) => act({ params: { id } }, done)} />
        )}
        empty={<Nothing title={t('keys.none')} />}
      />
    </Panel>
  );
}

function columnsOf(t: ReturnType<typeof useT>): Column<Key>[] {
  return [
    {
      key: 'name',
      title: t('keys.name'),
      render: ({ name }) => <span className="row-name">{name}</span>,
      text: ({ name }) => name,
    },
    {
      key: 'prefix',
      title: t('keys.prefix'),
      render: ({ prefix }) => <span className="mono">{prefix}…</span>,
      text: ({ prefix }) => prefix,
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
