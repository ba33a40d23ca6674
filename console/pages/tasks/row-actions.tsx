import { CaretRightOutlined, MoreOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useLocation, useNavigate } from 'react-router';
import type { Schemas } from '../../api/client';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { MenuButton } from '../../ui/menu-button';
import { useDetaching } from '../../ui/use-detaching';
import { useConfirm, useDo } from '../../ui/use-do';
import { scriptOf, whyNotEditable, whyNotStartable } from './method';

type Task = Pick<Schemas['Task'], 'id' | 'name' | 'imported' | 'kind' | 'paused'>;

interface TaskActionsProps {
  task: Task & Pick<Schemas['Task'], 'job'>;
  /** Path of the list that the dialog opens above. */
  base: string;
  /** What comes after the task was removed. */
  onRemoved?: () => void;
  /** False on the pages of the task itself, which lead to its records. */
  records?: boolean;
}

/** What can be done with a task: start, edit, see its records, and a menu with the rest. */
export function TaskActions({ task, base, onRemoved, records = true }: TaskActionsProps) {
  const t = useT();
  const size = records ? 'small' : 'middle';
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const start = useDo('POST /tasks/{id}/runs', ['run']);
  const params = { id: task.id };
  const script = scriptOf(task);
  return (
    <>
      <ActionButton
        needs="operator"
        size={size}
        blocked={whyNotStartable(task, t)}
        hint={t('task.start')}
        aria-label={`${t('task.start')}: ${task.name}`}
        icon={<CaretRightOutlined aria-hidden />}
        loading={start.busy}
        onClick={() => void start.act({ params }, t('task.started', { name: task.name }))}
      >
        {records ? null : t('task.start')}
      </ActionButton>
      <ActionButton
        needs="developer"
        size={size}
        blocked={whyNotEditable(task, t)}
        aria-label={`${t('act.edit')}: ${task.name}`}
        // A task of a script is changed by its script.
        onClick={() =>
          void navigate(script ? `/data-integration/${script}` : `${base}/${task.id}/edit`, {
            state: records ? null : { back: pathname },
          })
        }
      >
        {t('act.edit')}
      </ActionButton>
      {records && (
        <Button
          size={size}
          icon={<UnorderedListOutlined aria-hidden />}
          aria-label={`${t('nav.records')}: ${task.name}`}
          title={t('nav.records')}
          onClick={() => void navigate(`/tasks/${task.id}/records`)}
        >
          <span className="wide-text">{t('nav.records')}</span>
        </Button>
      )}
      <TaskMenu task={task} size={size} {...(onRemoved && { onRemoved })} />
    </>
  );
}

/** An entry of a menu says on hover why it is disabled. @param why null: it is not */
const allowedUnless = (why: string | null) => (why === null ? {} : { disabled: true, title: why });

interface TaskMenuProps extends Pick<TaskActionsProps, 'task' | 'onRemoved'> {
  size: 'small' | 'middle';
}

function TaskMenu({ task, onRemoved, size }: TaskMenuProps) {
  const t = useT();
  const confirm = useConfirm();
  const navigate = useNavigate();
  const mayOperate = useMay('operator');
  const mayRemove = useMay('developer');
  const locked = whyNotEditable(task, t);
  const notByHand = whyNotStartable(task, t);
  const operatorNeeded = t('roles.needed', { role: t('roles.operator') });
  const pause = useDo('POST /tasks/{id}:pause', ['task']);
  const resume = useDo('POST /tasks/{id}:resume', ['task']);
  const remove = useRemove(onRemoved);
  const params = { id: task.id };
  const { name } = task;
  const askToRemove = () =>
    confirm(
      { title: t('remove.title', { name }), text: t('remove.text'), yes: t('act.remove') },
      () => remove(task.id),
    );
  return (
    <MenuButton
      menu={{
        items: [
          {
            key: 'backfill',
            label: t('backfill.new'),
            ...allowedUnless(mayOperate ? notByHand : operatorNeeded),
            onClick: () => void navigate(`/backfills/new?task=${task.id}`),
          },
          {
            key: 'lineage',
            label: t('nav.lineage'),
            onClick: () => void navigate(`/lineage?task=${task.id}`),
          },
          {
            key: 'pause',
            label: t(task.paused ? 'act.resume' : 'act.pause'),
            ...allowedUnless(mayOperate ? locked : operatorNeeded),
            onClick: () =>
              void (task.paused
                ? resume.act({ params }, t('task.resumed', { name }))
                : pause.act({ params }, t('task.pausedNow', { name }))),
          },
          { type: 'divider' },
          {
            key: 'remove',
            label: t('act.remove'),
            danger: true,
            ...allowedUnless(
              mayRemove ? locked : t('roles.needed', { role: t('roles.developer') }),
            ),
            onClick: askToRemove,
          },
        ],
      }}
      size={size}
      icon={<MoreOutlined aria-hidden />}
      aria-label={t('task.more', { name })}
    />
  );
}

/** Removes; where other tasks depend on it, it asks whether they may be detached. */
function useRemove(onRemoved: (() => void) | undefined): (id: string) => Promise<void> {
  const t = useT();
  const detaching = useDetaching();
  const { act } = useDo('DELETE /tasks/{id}', ['task']);
  return (id) =>
    detaching(
      async (query, handle) => !!(await act({ params: { id }, query }, t('remove.done'), handle)),
      onRemoved,
    );
}
