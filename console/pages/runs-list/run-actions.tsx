import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { useConfirm, useDo } from '../../ui/use-do';
import { whyNotStartable } from '../tasks/method';

interface RunActionsProps {
  run: Schemas['Run'];
  /** Undefined while it is not known. */
  task: (Pick<Schemas['Task'], 'imported' | 'kind'> & { removed?: boolean }) | undefined;
}

/** Rerun and cancel, each where it can be done. */
export function RunActions({ run, task }: RunActionsProps) {
  const t = useT();
  const confirm = useConfirm();
  const cancel = useDo('POST /tasks/{id}/runs/{runId}:cancel', ['run']);
  const rerun = useDo('POST /tasks/{id}/runs/{runId}:rerun', ['run', 'backfill']);
  const params = { id: run.taskId, runId: run.id };
  if (run.status === 'queued' || run.status === 'running') {
    return (
      <ActionButton
        needs="operator"
        size="small"
        danger
        loading={cancel.busy}
        onClick={() =>
          confirm(
            { title: t('run.cancelTitle'), text: t('run.cancelText'), yes: t('run.cancel') },
            () => cancel.act({ params }, t('run.cancelled')),
          )
        }
      >
        {t('run.cancel')}
      </ActionButton>
    );
  }
  return (
    <ActionButton
      needs="operator"
      size="small"
      blocked={task?.removed ? t('run.taskGone') : task ? whyNotStartable(task, t) : null}
      loading={rerun.busy}
      hint={t(run.scheduleTime ? 'run.rerunInstance' : 'run.rerunNow')}
      onClick={() => void rerun.act({ params, body: {} }, t('run.rerunStarted'))}
    >
      {t('run.rerun')}
    </ActionButton>
  );
}
