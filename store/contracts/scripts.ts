/** Scripts, their drafts and versions. */
import type { Page, PageRequest } from '../../model/page';
import type {
  Environment,
  ScheduleType,
  ScriptConfig,
  ScriptOrigin,
  ScriptState,
} from '../../model/script-object';
import type { ScriptVersion } from '../../model/script-version';

/** A script object as stored; in lists its text is left empty. */
export interface StoredScript {
  id: string;
  number: string;
  project: string;
  directory: string;
  name: string;
  environment: Environment;
  scheduleType: ScheduleType;
  origin: ScriptOrigin;
  text: string;
  config: ScriptConfig;
  /** Of text and settings. */
  draftDigest: string;
  /** Grows with every save; decimal text. */
  revision: string;
  submittedVersion: number | null;
  submittedDigest: string | null;
  publishedVersion: number | null;
  /** Tasks of it, named before they are made. */
  devTask: string | null;
  prodTask: string | null;
  createdBy: string;
  createdAt: string;
  updatedBy: string;
  updatedAt: string;
  publishedAt: string | null;
}

export interface NewScript extends Pick<
  StoredScript,
  | ('id' | 'number' | 'project' | 'directory' | 'name' | 'environment' | 'scheduleType')
  | ('origin' | 'text' | 'config' | 'draftDigest')
> {
  /** Name of who makes it. */
  by: string;
}

export interface DraftChange extends Pick<
  StoredScript,
  'project' | 'directory' | 'name' | 'text' | 'config' | 'draftDigest'
> {
  by: string;
}

/** Null: it does not matter. */
export interface ScriptFilter {
  project: string | null;
  directory: string | null;
  /** Part of the name, whatever the case. */
  search: string | null;
  state: ScriptState | null;
  /** Only of projects that are open to this user. */
  memberId: string | null;
}

export interface ScriptStore {
  /** `nameTaken` where the directory holds one of that name; `projectNotFound`, `directoryNotFound`. */
  create(tenant: string, script: NewScript): Promise<StoredScript>;
  find(tenant: string, id: string): Promise<StoredScript | null>;
  /** Those among `ids` that are there, in any order. */
  findAll(tenant: string, ids: readonly string[]): Promise<StoredScript[]>;
  /** The projects of those among `ids` that are there. */
  projectsOf(tenant: string, ids: readonly string[]): Promise<Map<string, string>>;
  /** Newest first. */
  list(tenant: string, filter: ScriptFilter, page: PageRequest): Promise<Page<StoredScript>>;
  /** What is in production, latest come first. */
  published(
    tenant: string,
    filter: Pick<ScriptFilter, 'project' | 'search' | 'memberId'>,
    page: PageRequest,
  ): Promise<Page<StoredScript>>;
  /** By name, at most so many. */
  ofProject(tenant: string, project: string, most: number): Promise<StoredScript[]>;
  /**
   * Writes the draft. Null where there is no such script, or it is at another revision; refusals as
   * of `create`.
   */
  save(
    tenant: string,
    id: string,
    change: DraftChange,
    ifRevision: number | null,
  ): Promise<StoredScript | null>;
  /** With its versions. */
  remove(tenant: string, id: string): Promise<boolean>;
  /** The task of an environment: the one that there is, else `taskId` from now on; null: no script. */
  reserveTask(
    tenant: string,
    id: string,
    environment: Environment,
    taskId: string,
  ): Promise<string | null>;
  noteSubmitted(
    tenant: string,
    id: string,
    submitted: { version: number; digest: string },
  ): Promise<void>;
  notePublished(tenant: string, id: string, version: number): Promise<void>;
  /** The task of an environment is gone; without that of production nothing is published. */
  forgetTask(tenant: string, id: string, environment: Environment): Promise<void>;
  /**
   * Keeps the next version of a script; its number is one more than that of the last. Where that has the
   * same text, settings, remarks and author, it stays the last, and is answered.
   */
  addVersion(
    tenant: string,
    version: Omit<ScriptVersion, 'version' | 'createdAt'>,
  ): Promise<ScriptVersion>;
  version(tenant: string, scriptId: string, version: number): Promise<ScriptVersion | null>;
  /** Newest first, without text and analysis. */
  versions(
    tenant: string,
    scriptId: string,
    page: PageRequest,
  ): Promise<Page<Omit<ScriptVersion, 'text' | 'config' | 'analysis'>>>;
}
