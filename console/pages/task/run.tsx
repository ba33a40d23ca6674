import { Link, useParams } from 'react-router';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { Panel } from '../../ui/page';
import { Answered } from '../../ui/states';
import { StatusTag } from '../../ui/status-tag';
import { RunActions } from '../runs-list/run-actions';
import { RunDetails } from '../runs-list/run-details';
import { useTask } from './page';

/** One execution record, at an address of its own. */
export function RunTab() {
  const t = useT();
  const task = useTask();
  const { id, timezone } = task;
  const { runId = '' } = useParams();
  const read = useCall('GET /tasks/{id}/runs/{runId}', { params: { id, runId } });
  return (
    <Answered of={read}>
      {(run) => (
        <Panel
          title={
            <span className="latest">
              {t('instances.record')} <StatusTag status={run.status} reason={run.failureReason} />
            </span>
          }
          extra={
            <span className="latest">
              <Link to={`/tasks/${id}/records`}>{t('nav.records')}</Link>
              <RunActions run={run} task={task} />
            </span>
          }
        >
          <RunDetails run={run} zone={timezone} />
        </Panel>
      )}
    </Answered>
  );
}
