import { Button, Checkbox, Select } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { Panel } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { useConfirm, useDo } from '../../ui/use-do';

type Grant = Schemas['Grant'];

interface GrantsProps {
  userId: string;
  /** Of the signed-in user. */
  isOwn: boolean;
}

/** Which connections a user may read and write; admins change it. */
export function Grants({ userId, isOwn }: GrantsProps) {
  const t = useT();
  const isAdmin = useMay('admin');
  const own = useCall('GET /me/grants', {}, { enabled: isOwn });
  const others = useCall('GET /users/{id}/grants', { params: { id: userId } }, { enabled: !isOwn });
  const read = isOwn ? own : others;
  const set = useDo('PUT /users/{id}/grants/{connection}', ['grant']);
  const confirm = useConfirm();
  const remove = useDo('DELETE /users/{id}/grants/{connection}', ['grant']);
  const change = ({ connection, read: mayRead, write }: Omit<Grant, 'userId'>) =>
    set.act({ params: { id: userId, connection }, body: { read: mayRead, write } });
  const ask = ({ connection }: Grant) =>
    confirm(
      {
        ...{ title: t('grants.removeTitle', { name: connection }), text: t('grants.removeText') },
        yes: t('act.remove'),
      },
      () => remove.act({ params: { id: userId, connection } }, t('remove.done')),
    );
  const held = read.data?.items;
  const list = { rows: held, problem: read.error, retry: () => void read.refetch() };
  return (
    <Panel title={t('grants.title')}>
      <p className="under">{t('grants.about')}</p>
      <DataList
        label={t('grants.title')}
        of={list}
        rowKey={({ connection }) => connection}
        columns={columnsOf(t, isAdmin ? change : null)}
        exportAs="grants"
        {...(isAdmin && {
          actions: (grant: Grant) => (
            <Button
              danger
              size="small"
              onClick={() => ask(grant)}
              aria-label={`${t('act.remove')}: ${grant.connection}`}
            >
              {t('act.remove')}
            </Button>
          ),
        })}
        empty={<Nothing title={t('grants.none')} />}
      />
      {isAdmin && (
        <AddGrant
          held={held ?? []}
          add={(connection) => change({ connection, read: true, write: false })}
        />
      )}
    </Panel>
  );
}

function AddGrant({
  held,
  add,
}: {
  held: readonly Grant[];
  add: (connection: string) => Promise<unknown>;
}) {
  const t = useT();
  const [chosen, setChosen] = useState<string | null>(null);
  const connections = useCall('GET /connections', { query: { pageSize: 1000 } });
  const known = new Set(held.map(({ connection }) => connection));
  const names = (connections.data?.items ?? []).map(({ name }) => name);
  const save = () => chosen !== null && void add(chosen).then(() => setChosen(null));
  return (
    <div className="add-bar">
      <Select
        className="choice"
        showSearch
        aria-label={t('nav.connection')}
        placeholder={t('nav.connection')}
        value={chosen}
        onChange={setChosen}
        options={names.filter((name) => !known.has(name)).map((value) => ({ value, label: value }))}
      />
      <Button disabled={chosen === null} onClick={save}>
        {t('grants.add')}
      </Button>
    </div>
  );
}

function columnsOf(
  t: ReturnType<typeof useT>,
  change: ((grant: Omit<Grant, 'userId'>) => unknown) | null,
): Column<Grant>[] {
  const side = (name: 'read' | 'write'): Column<Grant> => ({
    key: name,
    title: t(`grants.${name}`),
    render: (grant) => (
      <Checkbox
        checked={grant[name]}
        disabled={change === null}
        aria-label={`${t(`grants.${name}`)}: ${grant.connection}`}
        onChange={({ target }) => change?.({ ...grant, [name]: target.checked })}
      />
    ),
    text: (grant) => String(grant[name]),
  });
  return [
    {
      key: 'connection',
      title: t('nav.connection'),
      grows: true,
      render: ({ connection }) => <span className="row-name">{connection}</span>,
      text: ({ connection }) => connection,
    },
    side('read'),
    side('write'),
  ];
}
