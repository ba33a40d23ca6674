import { useParams } from 'react-router';
import { useCall } from '../../../api/hooks';
import { Answered } from '../../../ui/states';
import { ScriptEditor } from './script-editor';

/** One script, open in the editor. */
export function ScriptPage() {
  const { scriptId = '' } = useParams();
  const read = useCall('GET /scripts/{id}', { params: { id: scriptId } });
  return (
    <Answered of={read} rows={10}>
      {(script) => <ScriptEditor key={script.id} script={script} />}
    </Answered>
  );
}
