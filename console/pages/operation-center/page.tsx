import { CaretRightOutlined, MoreOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Link, useNavigate } from 'react-router';
import type { Schemas } from '../../api/client';
import { useMay } from '../../api/session';
import { useT, type Translate } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { DataList, type Column } from '../../ui/data-list';
import { SearchBox, useFilters } from '../../ui/filters';
import { writtenTime } from '../../ui/format';
import { MenuButton } from '../../ui/menu-button';
import { Page } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Nothing } from '../../ui/states';
import { Time } from '../../ui/time';
import { useDetaching } from '../../ui/use-detaching';
import { useConfirm, useDo } from '../../ui/use-do';
import { StateTags } from '../scripts/state-tags';
import { LatestStatus } from '../tasks/latest-status';
import { Method } from '../tasks/method';

type Operated = Schemas['OperatedScript'];

/** `Operation Center`: what is in production, and how it runs. */
export function OperationCenterPage() {
  const t = useT();
  const [filters, setFilters] = useFilters(['search']);
  const list = usePaged('GET /operation-center', {
    query: { ...(filters.search && { search: filters.search }) },
  });
  return (
    <Page
      title={t('nav.operations')}
      crumbs={[{ title: t('nav.development') }]}
      about={t('operations.about')}
    >
      <DataList
        label={t('nav.operations')}
        of={list}
        rowKey={({ script }) => script.id}
        columns={columnsOf(t)}
        actions={(row) => <Actions operated={row} />}
        exportAs="operation-center"
        filters={
          <SearchBox
            label={t('scripts.search')}
            value={filters.search}
            onChange={(search) => setFilters({ search })}
          />
        }
        empty={<Nothing title={t(filters.search ? 'list.noMatch' : 'operations.none')} />}
      />
    </Page>
  );
}

function columnsOf(t: Translate): Column<Operated>[] {
  return [
    {
      key: 'name',
      title: t('operations.script'),
      grows: true,
      render: ({ script, task }) => (
        <>
          <Link
            to={task ? `/tasks/${task.id}` : `/data-integration/${script.id}`}
            className="row-name"
          >
            {script.name}
          </Link>
          <span className="under">
            {script.source} → {script.target}
          </span>
          {task?.owner && (
            <span className="under">{t('operations.ownedBy', { owner: task.owner })}</span>
          )}
        </>
      ),
      text: ({ script }) => script.name,
    },
    {
      key: 'state',
      title: t('operations.version'),
      render: ({ script }) => (
        <>
          {t('version.number', { version: script.publishedVersion ?? '' })}
          <span className="under">
            <StateTags {...script} />
          </span>
        </>
      ),
      text: ({ script }) => script.publishedVersion,
    },
    {
      key: 'method',
      title: t('create.scheduleType'),
      render: ({ task }) =>
        task ? <Method task={task} t={t} /> : <span className="faint">–</span>,
      text: ({ script }) => script.scheduleType,
    },
    {
      key: 'latest',
      title: t('operations.latest'),
      render: ({ task }) => <LatestStatus run={task?.latestRun ?? null} />,
      text: ({ task }) => task?.latestRun && t(`status.${task.latestRun.status}`),
    },
    {
      key: 'next',
      title: t('task.nextRun'),
      render: ({ task }) => <Time at={task?.nextRunTime} {...(task && { zone: task.timezone })} />,
      text: ({ task }) => task?.nextRunTime && writtenTime(task.nextRunTime, task.timezone),
    },
    {
      key: 'owner',
      title: t('schedule.operationOwner'),
      exportOnly: true,
      render: () => null,
      text: ({ task }) => task?.owner,
    },
  ];
}

/** Runs, records, instances; and the way out of production. */
function Actions({ operated: { script, task } }: { operated: Operated }) {
  const t = useT();
  const navigate = useNavigate();
  const start = useDo('POST /tasks/{id}/runs', ['run']);
  const unpublish = useUnpublish();
  const mayUnpublish = useMay('developer');
  if (!task) return null;
  const { name } = script;
  return (
    <>
      <ActionButton
        needs="operator"
        size="small"
        icon={<CaretRightOutlined aria-hidden />}
        aria-label={t('operations.run', { name })}
        hint={t('script.run')}
        loading={start.busy}
        onClick={() => void start.act({ params: { id: task.id } }, t('task.started', { name }))}
      />
      <Link to={`/tasks/${task.id}/records`}>
        <Button
          size="small"
          tabIndex={-1}
          icon={<UnorderedListOutlined aria-hidden />}
          title={t('nav.records')}
        >
          <span className="wide-text">{t('nav.records')}</span>
        </Button>
      </Link>
      <Link to={`/tasks/${task.id}/instances`}>
        <Button size="small" tabIndex={-1}>
          {t('operations.instances')}
        </Button>
      </Link>
      <MenuButton
        menu={{
          items: [
            {
              key: 'script',
              label: t('operations.editor'),
              onClick: () => void navigate(`/data-integration/${script.id}`),
            },
            {
              key: 'backfill',
              label: t('backfill.new'),
              onClick: () => void navigate(`/backfills/new?task=${task.id}`),
            },
            { type: 'divider' },
            {
              key: 'unpublish',
              label: t('unpublish.yes'),
              danger: true,
              disabled: !mayUnpublish,
              ...(!mayUnpublish && { title: t('roles.needed', { role: t('roles.developer') }) }),
              onClick: () => unpublish(script),
            },
          ],
        }}
        size="small"
        icon={<MoreOutlined aria-hidden />}
        aria-label={t('scripts.more', { name })}
      />
    </>
  );
}

/** Takes out of production; where other tasks come after it, it asks whether they may be detached. */
function useUnpublish(): (script: Schemas['ScriptRow']) => void {
  const t = useT();
  const confirm = useConfirm();
  const detaching = useDetaching();
  const { act } = useDo('POST /scripts/{id}:unpublish', ['script', 'task']);
  return ({ id, name }) => {
    const done = t('unpublish.done', { name });
    confirm(
      { title: t('unpublish.title', { name }), text: t('remove.text'), yes: t('unpublish.yes') },
      () =>
        detaching(async (query, handle) => !!(await act({ params: { id }, query }, done, handle))),
    );
  };
}
