import { Progress } from 'antd';
import type { Schemas } from '../../api/client';
import { useWords } from '../../i18n';
import { StatusTag } from '../../ui/status-tag';
import { Ago } from '../../ui/time';

/** How the latest run of a task stands: its status, the reason on hover, progress while it runs. */
export function LatestStatus({ run }: { run: Schemas['TaskRow']['latestRun'] }) {
  const { t } = useWords();
  if (run === null) return <span className="faint">{t('task.neverRun')}</span>;
  const { status, failureReason, progress, finishedAt } = run;
  return (
    <span className="latest">
      <StatusTag status={status} reason={failureReason} />
      {status === 'running' && progress && (
        <>
          <Progress
            percent={Math.round(progress.fraction * 100)}
            size="small"
            aria-label={t('run.progress')}
          />
          <span className="under">{progress.text}</span>
        </>
      )}
      {finishedAt && (
        <span className="under">
          <Ago at={finishedAt} />
        </span>
      )}
    </span>
  );
}

/** How many tables of the open round were triggered, as `2 of 3`. */
export function GateCount({ task }: { task: Schemas['TaskRow'] }) {
  const { t } = useWords();
  const { gateCounts: counts } = task;
  if (task.kind !== 'triggered' || counts === null) return <span className="faint">–</span>;
  return (
    <span className="gate-count">
      <span className="gate-text">
        {t('gate.count', { marked: counts.marked, tables: counts.tables })}
      </span>
      <span className="gate-line" aria-hidden>
        <span style={{ width: `${(100 * counts.marked) / Math.max(1, counts.tables)}%` }} />
      </span>
      {counts.dated > 0 && (
        <span className="under">{t('gate.dated', { count: counts.dated })}</span>
      )}
    </span>
  );
}
