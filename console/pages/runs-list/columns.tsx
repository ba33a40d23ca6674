import { Progress } from 'antd';
import type { Schemas } from '../../api/client';
import type { Translate } from '../../i18n';
import type { Column } from '../../ui/data-list';
import { durationText, secondsBetween, writtenTime } from '../../ui/format';
import { Reason } from '../../ui/reason';
import { StatusTag } from '../../ui/status-tag';
import { Time } from '../../ui/time';

type Run = Schemas['Run'];

export const runStatuses = [
  ...(['queued', 'running', 'succeeded', 'failed', 'timedOut'] as const),
  ...(['cancelled', 'skipped', 'missed', 'blocked'] as const),
];

const tookText = ({ startedAt, finishedAt }: Run): string =>
  startedAt === null ? '–' : durationText(secondsBetween(startedAt, finishedAt));

/**
 * What a record says in one line.
 * @param zoneOf by whose clocks its times are shown
 */
export function runColumns(t: Translate, zoneOf: (run: Run) => string | undefined): Column<Run>[] {
  return [
    {
      key: 'status',
      title: t('run.status'),
      render: ({ status, failureReason, progress }) => (
        <span className="latest">
          <StatusTag status={status} reason={failureReason} />
          {status === 'running' && progress && (
            <Progress
              percent={Math.round(progress.fraction * 100)}
              size="small"
              aria-label={t('run.progress')}
            />
          )}
        </span>
      ),
      text: ({ status }) => t(`status.${status}`),
    },
    {
      key: 'queued',
      title: t('run.queuedAt'),
      render: (run) => <Time at={run.queuedAt} zone={zoneOf(run)} />,
      text: (run) => writtenTime(run.queuedAt, zoneOf(run)),
    },
    {
      key: 'took',
      title: t('run.duration'),
      align: 'right',
      render: (run) => <span className="one-line">{tookText(run)}</span>,
      text: (run) => (run.startedAt ? secondsBetween(run.startedAt, run.finishedAt) : null),
    },
    {
      key: 'by',
      title: t('run.startedBy'),
      render: ({ startedBy, startedByUser }) => (
        <>
          <span className="one-line">{t(`starter.${startedBy}`)}</span>
          {startedByUser && <span className="under">{startedByUser}</span>}
        </>
      ),
      text: ({ startedBy, startedByUser }) =>
        [t(`starter.${startedBy}`), startedByUser].join(' ').trim(),
    },
    {
      key: 'time',
      title: t('run.scheduleTime'),
      render: (run) => <Time at={run.scheduleTime} zone={zoneOf(run)} />,
      text: (run) => run.scheduleTime && writtenTime(run.scheduleTime, zoneOf(run)),
    },
    {
      key: 'reason',
      title: t('run.failure'),
      grows: true,
      render: ({ failureReason }) =>
        failureReason ? <Reason text={failureReason} /> : <span className="faint">–</span>,
      text: ({ failureReason }) => failureReason,
    },
    { key: 'id', title: 'ID', render: () => null, text: ({ id }) => id, exportOnly: true },
  ];
}
