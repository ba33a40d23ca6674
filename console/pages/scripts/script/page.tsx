import { useParams } from 'react-router';
import { useCall } from '../../../api/hooks';
import { useT } from '../../../i18n';
import { Answered } from '../../../ui/states';
import { ScriptEditor } from './script-editor';

/** One script, open in the editor. */
export function ScriptPage() {
  const t = useT();
  const { scriptId = '' } = useParams();
  const read = useCall('GET /scripts/{id}', { params: { id: scriptId } });
  return (
    <Answered
      of={read}
      rows={10}
      crumbs={[{ title: t('nav.dataIntegration'), to: '/data-integration' }]}
    >
      {(script) => <ScriptEditor key={script.id} script={script} />}
    </Answered>
  );
}
