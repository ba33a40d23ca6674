import { useEffect } from 'react';
import { Outlet, useParams } from 'react-router';
import { useCall } from '../../api/hooks';
import { useNarrow } from '../../ui/media';
import { PlacePicker } from './place-picker';
import { choosePlace, usePlace, type Place } from './place';
import { PipelineTree } from './pipeline-tree';

/** `Data Integration`: project and environment, the tree of scripts, and beside it the one that is open. */
export function DataIntegrationPage() {
  const place = usePlace();
  const narrow = useNarrow();
  const { scriptId } = useParams();
  useOpenedPlace(scriptId, place);
  return (
    <div className="integration-page">
      {!(narrow && scriptId) && (
        <div className="pipeline panel">
          <PlacePicker place={place} />
          {place.project && <PipelineTree place={place} project={place.project} />}
        </div>
      )}
      <div className="integration-main">
        <Outlet />
      </div>
    </div>
  );
}

/** A script that was opened by its address brings its project with it. */
function useOpenedPlace(
  scriptId: string | undefined,
  { project: chosen, environment: chosenEnvironment }: Place,
): void {
  const { data } = useCall(
    'GET /scripts/{id}',
    { params: { id: scriptId ?? '' } },
    { enabled: scriptId !== undefined },
  );
  const [id, project, environment] = [data?.id, data?.project, data?.environment];
  const isThere =
    chosen?.id === project && (chosen?.mode === 'Basic' || chosenEnvironment !== null);
  useEffect(() => {
    if (id !== scriptId || !project || !environment || isThere) return;
    choosePlace({ project, environment });
    // Once for each script that is opened: a person may look at another project meanwhile.
  }, [id]);
}
