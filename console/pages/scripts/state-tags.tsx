import { CheckCircleFilled, EditOutlined, SendOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Tag } from '../../ui/status-tag';

type State = Schemas['ScriptRow']['state'];

const looks: Record<State, ['idle' | 'live' | 'good', ReactNode]> = {
  draft: ['idle', <EditOutlined key="draft" aria-hidden />],
  submitted: ['live', <SendOutlined key="submitted" aria-hidden />],
  published: ['good', <CheckCircleFilled key="published" aria-hidden />],
};

type Progress = Pick<
  Schemas['ScriptRow'],
  'state' | 'draftDiffers' | 'submittedVersion' | 'publishedVersion'
> &
  Partial<Pick<Schemas['Script'], 'taskDiffers'>>;

/** Where a script is on its way to production, and whether its draft or its task has gone on since. */
export function StateTags({
  state,
  draftDiffers,
  submittedVersion,
  publishedVersion,
  taskDiffers = [],
}: Progress) {
  const t = useT();
  const [tone, icon] = looks[state];
  return (
    <span className="state-tags">
      <Tag tone={tone} icon={icon}>
        {t(`script.state.${state}`)}
      </Tag>
      {state === 'published' && submittedVersion !== publishedVersion && (
        <Tag tone="live">{t('script.waits', { version: submittedVersion ?? '' })}</Tag>
      )}
      {state !== 'draft' && draftDiffers && (
        <Tooltip title={t('script.differsMore')}>
          <span tabIndex={0} className="has-reason">
            <Tag tone="warn">{t('script.differs')}</Tag>
          </span>
        </Tooltip>
      )}
      {taskDiffers.length > 0 && (
        <Tooltip title={t('script.putsBack', { names: taskDiffers.join(', ') })}>
          <span tabIndex={0} className="has-reason">
            <Tag tone="warn">{t('script.taskDiffers')}</Tag>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
