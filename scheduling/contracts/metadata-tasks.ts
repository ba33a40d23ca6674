/** Collection tasks of the DataArts calls. */
import type { ShownLog } from '../../model/dataarts/shown-log';
import type { Caller } from '../../model/people';

/** Where a call of DataArts' API belongs. */
export interface CollectionPlace {
  caller: Caller;
  project: string;
  workspace: string;
}

export type CollectionAction = 'start' | 'schedule' | 'stop';

/** As the vendor names it. */
export interface FoundCollectionTasks {
  /** Tasks that were found, on all pages. */
  count: number;
  /** Tasks of the project. */
  total_records: number;
  max_records: number;
  resources: Record<string, unknown>[];
}

/**
 * Collection tasks by DataArts' API. Bodies are as they came (`model/exact-json.ts`). All but `enter`
 * throw `taskNotFound` for a task that was not made by this API in this project and workspace.
 */
export interface MetadataTaskService {
  /**
   * @param scope of the token; null: it has none
   * @throws TablegateError projectNotFound, notAllowed
   */
  enter(caller: Caller, project: string, scope: string | null): Promise<void>;
  /** @throws TablegateError workspaceNotFound */
  requireWorkspace(place: CollectionPlace): Promise<void>;
  /** @throws TablegateError invalidInput naming fields of the body, directoryNotFound, grantMissing */
  create(place: CollectionPlace, sent: unknown): Promise<{ taskId: string }>;
  get(place: CollectionPlace, taskId: string): Promise<Record<string, unknown>>;
  /** @throws TablegateError as `create` does */
  replace(place: CollectionPlace, taskId: string, sent: unknown): Promise<void>;
  remove(place: CollectionPlace, taskId: string): Promise<void>;
  search(place: CollectionPlace, sent: unknown): Promise<FoundCollectionTasks>;
  act(place: CollectionPlace, taskId: string, action: CollectionAction): Promise<void>;
  /** @throws TablegateError runNotFound */
  log(place: CollectionPlace, taskId: string, runId: string): Promise<ShownLog>;
}
