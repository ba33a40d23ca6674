/** Which project, and which environment of it, the person works in; kept while the window is open. */
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { ApiProblem, Schemas } from '../../api/client';
import { readAll } from '../../ui/paged';

export type Project = Schemas['Project'];
export type Environment = 'Dev' | 'Prod';

interface Chosen {
  project: string | null;
  environment: Environment | null;
}

const storageKey = 'tablegate.place';
const listeners = new Set<() => void>();
let chosen: Chosen = stored();

function stored(): Chosen {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '') as Chosen;
  } catch {
    return { project: null, environment: null };
  }
}

/** Another project begins without an environment: which one is meant is for the person to say. */
export function choosePlace(place: Chosen): void {
  if (place.project === chosen.project && place.environment === chosen.environment) return;
  chosen = place;
  sessionStorage.setItem(storageKey, JSON.stringify(place));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export interface Place {
  projects: Project[] | undefined;
  problem: ApiProblem | null;
  retry: () => void;
  project: Project | null;
  /** Null in a Basic project, which has none to choose, and until one is chosen. */
  environment: Environment | null;
  /** False where an environment has still to be chosen. */
  ready: boolean;
}

export function usePlace(): Place {
  const { project: id, environment } = useSyncExternalStore(subscribe, () => chosen);
  const { data, error, refetch } = useQuery<Project[], ApiProblem>({
    queryKey: ['GET /projects', 'all'],
    queryFn: () => readAll('GET /projects', {}),
  });
  const project =
    data?.find((one) => one.id === id) ??
    data?.find((one) => one.id === 'default') ??
    data?.[0] ??
    null;
  const isBasic = project?.mode === 'Basic';
  const own = project?.id === id && !isBasic ? environment : null;
  return {
    projects: data,
    problem: error,
    retry: () => void refetch(),
    project,
    environment: own,
    ready: project !== null && (isBasic || own !== null),
  };
}
