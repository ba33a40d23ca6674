import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  LoadingOutlined,
  MinusCircleOutlined,
  PauseCircleOutlined,
  StopOutlined,
} from '@ant-design/icons';
import { Tooltip } from 'antd';
import type { ComponentType, ReactNode } from 'react';
import { useT, type MessageKey } from '../i18n';
import { Reason } from './reason';

type Tone = 'good' | 'bad' | 'live' | 'wait' | 'idle' | 'warn';

const looks = {
  queued: ['wait', ClockCircleOutlined],
  running: ['live', LoadingOutlined],
  succeeded: ['good', CheckCircleFilled],
  failed: ['bad', CloseCircleFilled],
  timedOut: ['bad', CloseCircleFilled],
  cancelled: ['idle', StopOutlined],
  cancelling: ['warn', StopOutlined],
  skipped: ['idle', MinusCircleOutlined],
  missed: ['warn', MinusCircleOutlined],
  blocked: ['warn', PauseCircleOutlined],
  waiting: ['wait', ClockCircleOutlined],
  paused: ['warn', PauseCircleOutlined],
  dropped: ['idle', MinusCircleOutlined],
} as const satisfies Record<string, readonly [Tone, ComponentType]>;

export type Status = keyof typeof looks;

/** A label whose colour never says more than its text. */
export function Tag({
  tone,
  icon,
  children,
}: {
  tone: Tone;
  icon?: ReactNode;
  children: ReactNode;
}) {
  return (
    <span className={`tag tag-${tone}`}>
      {icon}
      {children}
    </span>
  );
}

/** @param reason shown on hover and on keyboard focus, as in the reason of a failure */
export function StatusTag({ status, reason }: { status: Status; reason?: string | null }) {
  const t = useT();
  const [tone, Icon] = looks[status];
  const tag = (
    <Tag tone={tone} icon={<Icon aria-hidden />}>
      {t(`status.${status}` satisfies MessageKey)}
    </Tag>
  );
  if (!reason) return tag;
  return (
    <Tooltip title={<Reason text={reason} />}>
      <span tabIndex={0} className="has-reason">
        {tag}
      </span>
    </Tooltip>
  );
}

/** Whether a table of a gate was triggered. */
export function GateTag({ status }: { status: 'Triggered' | 'Not Triggered' }) {
  const t = useT();
  return status === 'Triggered' ? (
    <Tag tone="good" icon={<CheckCircleFilled aria-hidden />}>
      {t('gate.triggered')}
    </Tag>
  ) : (
    <Tag tone="idle" icon={<ClockCircleOutlined aria-hidden />}>
      {t('gate.notTriggered')}
    </Tag>
  );
}
