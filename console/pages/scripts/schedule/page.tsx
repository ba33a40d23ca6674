import { useParams } from 'react-router';
import { useCall } from '../../../api/hooks';
import { useT } from '../../../i18n';
import { Answered } from '../../../ui/states';
import { ScheduleForm } from './schedule-form';

/** The schedule configuration of one script, in five parts. */
export function SchedulePage() {
  const t = useT();
  const { scriptId = '' } = useParams();
  const read = useCall('GET /scripts/{id}', { params: { id: scriptId } });
  return (
    <Answered
      of={read}
      rows={10}
      crumbs={[{ title: t('nav.dataIntegration'), to: '/data-integration' }]}
    >
      {(script) => <ScheduleForm key={script.id} script={script} />}
    </Answered>
  );
}
