import { PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import type { ApiProblem, Schemas } from '../../api/client';
import { useAction, useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { CodeBlock } from '../../ui/copy';
import { DataList, type Column } from '../../ui/data-list';
import { Panel } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Ago } from '../../ui/time';
import { useConfirm, useDo } from '../../ui/use-do';

type Key = Schemas['Key'];

/** Keys: made, shown once, taken away. */
export function Keys() {
  const t = useT();
  const list = usePaged('GET /keys', {});
  const users = useCall('GET /users', { query: { pageSize: 1000 } });
  const names = new Map(users.data?.items.map(({ id, name }) => [id, name]));
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title={t('keys.title')}
      extra={
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setMaking(true)}>
          {t('keys.new')}
        </Button>
      }
    >
      <DataList
        label={t('keys.title')}
        of={list}
        rowKey={({ id }) => id}
        columns={columnsOf(t, names)}
        actions={(key) => <Revoke item={key} />}
        exportAs="keys"
        empty={<Nothing title={t('keys.none')} />}
      />
      {making && <NewKey users={users.data?.items ?? []} close={() => setMaking(false)} />}
    </Panel>
  );
}

function Revoke({ item: { id, name } }: { item: Key }) {
  const t = useT();
  const confirm = useConfirm();
  const { act } = useDo('DELETE /keys/{id}', ['key']);
  const ask = () =>
    confirm(
      { title: t('keys.revokeTitle', { name }), text: t('keys.revokeText'), yes: t('keys.revoke') },
      () => act({ params: { id } }, t('keys.revoked')),
    );
  return (
    <Button danger size="small" onClick={ask} aria-label={`${t('keys.revoke')}: ${name}`}>
      {t('keys.revoke')}
    </Button>
  );
}

interface NewKeyValues {
  userId: string;
  name: string;
}

function NewKey({ users, close }: { users: readonly Schemas['User'][]; close: () => void }) {
  const t = useT();
  const create = useAction('POST /keys', ['key']);
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (values: NewKeyValues) => {
    try {
      setSecret((await create.mutateAsync({ body: values })).secret);
    } catch (error) {
      setProblem((error as ApiProblem).message);
    }
  };
  return (
    <Modal
      open
      title={t('keys.new')}
      footer={null}
      onCancel={close}
      mask={{ closable: secret === null }}
    >
      {secret !== null ? (
        <>
          <Alert type="success" showIcon title={t('keys.made')} description={t('keys.once')} />
          <CodeBlock code={secret} label={t('keys.title')} />
          <div className="dialog-foot">
            <Button type="primary" onClick={close}>
              {t('act.close')}
            </Button>
          </div>
        </>
      ) : (
        <Form<NewKeyValues>
          layout="vertical"
          initialValues={{ userId: users[0]?.id, name: '' }}
          onFinish={(values) => void save(values)}
        >
          <Form.Item<NewKeyValues>
            name="name"
            label={t('keys.name')}
            rules={[{ required: true, whitespace: true, message: t('keys.nameNeeded') }]}
          >
            <Input autoFocus placeholder={t('keys.nameExample')} />
          </Form.Item>
          <Form.Item<NewKeyValues>
            name="userId"
            label={t('keys.user')}
            extra={t('keys.userMore')}
            rules={[{ required: true }]}
          >
            <Select
              options={users.map(({ id, name, role }) => ({
                value: id,
                label: `${name} (${t(`roles.${role}`)})`,
              }))}
            />
          </Form.Item>
          {problem && <Alert type="error" showIcon role="alert" title={problem} />}
          <div className="dialog-foot">
            <Button onClick={close}>{t('act.cancel')}</Button>
            <Button type="primary" htmlType="submit" loading={create.isPending}>
              {t('keys.create')}
            </Button>
          </div>
        </Form>
      )}
    </Modal>
  );
}

function columnsOf(t: ReturnType<typeof useT>, names: Map<string, string>): Column<Key>[] {
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
      key: 'user',
      title: t('keys.user'),
      render: ({ userId }) => names.get(userId) ?? userId,
      text: ({ userId }) => names.get(userId) ?? userId,
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
