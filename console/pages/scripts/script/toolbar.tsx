import {
  AlignLeftOutlined,
  CaretRightOutlined,
  CloudUploadOutlined,
  HistoryOutlined,
  SaveOutlined,
  ScheduleOutlined,
  SendOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { Schemas } from '../../../api/client';
import { useT, type Translate } from '../../../i18n';
import { ActionButton, type ActionButtonProps } from '../../../ui/action-button';
import { useConfirm, useDo } from '../../../ui/use-do';
import { usePlace } from '../place';
import type { Draft } from './use-draft';

type Script = Schemas['Script'];

interface ToolbarProps {
  script: Script;
  draft: Draft;
  onFormat: () => void;
  onSubmit: () => void;
  onVersions: () => void;
}

/** The menu bar of the canvas. */
export function Toolbar({ script, draft, onFormat, onSubmit, onVersions }: ToolbarProps) {
  const t = useT();
  const navigate = useNavigate();
  const { project } = usePlace();
  const taskId = taskOf(script);
  return (
    <div className="toolbar" role="group" aria-label={t('script.menuBar')}>
      <Tool
        icon={<SaveOutlined aria-hidden />}
        label={t('act.save')}
        hint={t('script.saveMore')}
        needs="developer"
        loading={draft.busy}
        onClick={() => void draft.save()}
      />
      <Tool
        icon={<SendOutlined aria-hidden />}
        label={t('script.submit')}
        needs="developer"
        onClick={onSubmit}
      />
      {project?.mode === 'DevProd' && project.id === script.project && (
        <PublishTool script={script} />
      )}
      <RunTool script={script} />
      <Tool
        icon={<AlignLeftOutlined aria-hidden />}
        label={t('script.format')}
        needs="developer"
        onClick={onFormat}
      />
      <Tool
        icon={<ScheduleOutlined aria-hidden />}
        label={t('schedule.title')}
        needs="viewer"
        onClick={() => void navigate(`/data-integration/${script.id}/schedule`)}
      />
      <Tool
        icon={<HistoryOutlined aria-hidden />}
        label={t('version.title')}
        needs="viewer"
        onClick={onVersions}
      />
      {taskId && (
        <Tool
          icon={<UnorderedListOutlined aria-hidden />}
          label={t('nav.records')}
          needs="viewer"
          onClick={() => void navigate(`/tasks/${taskId}/records`)}
        />
      )}
    </div>
  );
}

/** The task that is run by hand from here: that of development where there is one. */
const taskOf = ({ devTaskId, prodTaskId }: Script): string | null => devTaskId ?? prodTaskId;

interface ToolProps extends ActionButtonProps {
  icon: ReactNode;
  label: string;
}

/** An icon with its name, which stays for who cannot see it where there is no room. */
function Tool({ label, hint, ...button }: ToolProps) {
  return (
    <ActionButton type="text" aria-label={label} hint={hint ?? label} {...button}>
      <span className="tool-label">{label}</span>
    </ActionButton>
  );
}

function PublishTool({ script }: { script: Script }) {
  const t = useT();
  const confirm = useConfirm();
  const { act, busy } = useDo('POST /scripts/{id}:publish', ['script', 'task']);
  const { id, name, submittedVersion: version, taskDiffers } = script;
  const ask = () =>
    confirm(
      {
        title: t('publish.title', { name }),
        text: [
          t('publish.text', { version: version ?? '' }),
          ...(taskDiffers.length > 0
            ? [t('script.putsBack', { names: taskDiffers.join(', ') })]
            : []),
        ].join(' '),
        yes: t('publish.yes'),
        danger: false,
      },
      () => act({ params: { id } }, t('publish.done', { name })),
    );
  return (
    <Tool
      icon={<CloudUploadOutlined aria-hidden />}
      label={t('publish.yes')}
      needs="developer"
      blocked={whyNotPublishable(script, t)}
      loading={busy}
      onClick={ask}
    />
  );
}

function whyNotPublishable(script: Script, t: Translate): string | null {
  if (script.submittedVersion === null) return t('publish.submitFirst');
  const isPublished = script.submittedVersion === script.publishedVersion;
  return isPublished && script.taskDiffers.length === 0 ? t('publish.isPublished') : null;
}

/** Why there is no task yet: one of development comes with a submission, one of production later. */
const whyNotRunnable = ({ submittedVersion }: Script, t: Translate): string =>
  t(submittedVersion === null ? 'script.neverSubmitted' : 'script.neverPublished');

function RunTool({ script }: { script: Script }) {
  const t = useT();
  const taskId = taskOf(script);
  const navigate = useNavigate();
  const { notification } = App.useApp();
  const { act, busy } = useDo('POST /tasks/{id}/runs', ['run']);
  const start = async () => {
    if (taskId === null) return;
    const run = await act({ params: { id: taskId } });
    if (run === null) return;
    notification.success({
      title: t('script.started'),
      // Notices stand outside of the pages, where links lead nowhere.
      actions: (
        <Button
          size="small"
          onClick={() => {
            notification.destroy();
            void navigate(`/tasks/${taskId}/records/${run.id}`);
          }}
        >
          {t('script.showRun')}
        </Button>
      ),
    });
  };
  return (
    <Tool
      icon={<CaretRightOutlined aria-hidden />}
      label={t('script.run')}
      needs="operator"
      blocked={taskId === null ? whyNotRunnable(script, t) : null}
      hint={t('script.runMore')}
      loading={busy}
      onClick={() => void start()}
    />
  );
}
