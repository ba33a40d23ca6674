import { Button, Select } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { Panel } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { useConfirm, useDo } from '../../ui/use-do';

type Project = Schemas['Project'];

interface MembershipsProps {
  userId: string;
  /** Of the signed-in user. */
  isOwn: boolean;
}

/** The projects that a user is a member of; admins change it. */
export function Memberships({ userId, isOwn }: MembershipsProps) {
  const t = useT();
  const isAdmin = useMay('admin');
  const own = useCall('GET /me/projects', {}, { enabled: isOwn });
  const others = useCall(
    'GET /users/{id}/projects',
    { params: { id: userId } },
    { enabled: !isOwn },
  );
  const read = isOwn ? own : others;
  const confirm = useConfirm();
  const add = useDo('PUT /projects/{id}/members/{userId}', ['project']);
  const remove = useDo('DELETE /projects/{id}/members/{userId}', ['project']);
  const ask = ({ id, name }: Project) =>
    confirm(
      {
        ...{ title: t('memberships.removeTitle', { name }), text: t('memberships.removeText') },
        yes: t('act.remove'),
      },
      () => remove.act({ params: { id, userId } }, t('remove.done')),
    );
  const held = read.data?.items;
  const list = { rows: held, problem: read.error, retry: () => void read.refetch() };
  return (
    <Panel title={t('memberships.title')}>
      <p className="under">{t('memberships.about')}</p>
      <DataList
        label={t('memberships.title')}
        of={list}
        rowKey={({ id }) => id}
        columns={columnsOf(t)}
        exportAs="projects"
        {...(isAdmin && {
          actions: (project: Project) => (
            <Button
              danger
              size="small"
              onClick={() => ask(project)}
              aria-label={`${t('act.remove')}: ${project.name}`}
            >
              {t('act.remove')}
            </Button>
          ),
        })}
        empty={<Nothing title={t('memberships.none')} />}
      />
      {isAdmin && (
        <AddMembership
          held={held ?? []}
          add={(id) => add.act({ params: { id, userId } }, t('memberships.added'))}
        />
      )}
    </Panel>
  );
}

function AddMembership({
  held,
  add,
}: {
  held: readonly Project[];
  add: (id: string) => Promise<unknown>;
}) {
  const t = useT();
  const [chosen, setChosen] = useState<string | null>(null);
  const projects = useCall('GET /projects', { query: { pageSize: 1000 } });
  const known = new Set(held.map(({ id }) => id));
  const offered = (projects.data?.items ?? []).filter(({ id }) => !known.has(id));
  const save = () => chosen !== null && void add(chosen).then(() => setChosen(null));
  return (
    <div className="add-bar">
      <Select
        className="choice"
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={t('memberships.project')}
        placeholder={t('memberships.project')}
        value={chosen}
        onChange={setChosen}
        options={offered.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Button disabled={chosen === null} onClick={save}>
        {t('memberships.add')}
      </Button>
    </div>
  );
}

function columnsOf(t: ReturnType<typeof useT>): Column<Project>[] {
  return [
    {
      key: 'name',
      title: t('memberships.project'),
      grows: true,
      render: ({ name }) => <span className="row-name">{name}</span>,
      text: ({ name }) => name,
    },
    {
      key: 'mode',
      title: t('memberships.mode'),
      render: ({ mode }) => mode,
      text: ({ mode }) => mode,
    },
  ];
}
