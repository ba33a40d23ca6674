/**
 * The one application service that every surface calls. Its parts hold no HTTP: they take parsed
 * input and a `Caller`, throw `TablegateError`, and answer plain values.
 */
import type {
  BackfillRequest,
  BackfillStatus,
  BackfillView,
  CellState,
  CellView,
  PlanView,
} from '../model/backfill';
import type {
  CatalogueEdit,
  CatalogueFilter,
  CatalogueHit,
  CatalogueTable,
  CatalogueTableWithColumns,
  TableVersion,
} from '../model/catalogue/catalogue';
import type { TableDefinition } from '../model/catalogue/collected';
import type { ConnectorCapabilities, RowSample } from '../connectors/connector';
import type { Change } from '../model/change';
import type { ShownLog } from '../model/dataarts/shown-log';
import type { TablegateError } from '../model/errors';
import type { ColumnSuggestion } from '../model/id-suggestions';
import type { IdChain, LookedUpId, LookedUpUser } from '../model/look-up';
import type { CountedPage, Page, PageRequest } from '../model/page';
import type {
  AccessKey,
  AuditEntry,
  Caller,
  Grant,
  GrantSide,
  Key,
  Role,
  Tenant,
  TriggerCredential,
  User,
  UserChange,
} from '../model/people';
import type { Directory, Project, ProjectInput, ProjectMember, Workspace } from '../model/project';
import type { Recurrence } from '../model/recurrence';
import type { ResourceGroup } from '../model/resource-group';
import type { LogLine, RunRecord, RunStatus } from '../model/run';
import type { ConnectionInput, ConnectionView, IdMapping, TableView } from '../model/source';
import type { TaskInput, TaskKind, TaskPatch, TaskView } from '../model/task';
import type { ImportRequest, ImportResult } from '../model/task-import';
import type { TaskChange } from '../model/task-change';
import type { TaskName, TaskQuery, TaskRow } from '../model/task-list';
import type { LedgerEntry, ReceiptView } from '../model/trigger';
import type { WaitingTask } from '../model/waiting';
import type {
  AuditFilter,
  CatalogueChoices,
  InstanceFilterByNumber,
  LedgerFilter,
  NumberedInstance,
  RunFilter,
  Slice,
  TaskFilterByNumber,
  WaitingQuery,
} from '../store/store';
import type { ScriptDrafts } from './scripts/drafts';
import type { ScriptLife } from './scripts/life';
import type { OperationCenter } from './scripts/operation-center';
import type { ScriptValidator } from './scripts/validation';
import type { ScriptVersions } from './scripts/versions';

export type { AuditFilter, LedgerFilter, NumberedInstance, Page, PageRequest, RunFilter };

/** A task as read: `stale` where the workflow did not answer and the store's copy is shown. */
export type TaskRead = TaskView & { stale?: boolean };

export type RunRead = RunRecord & { temporalUrl: string | null };

export interface TriggerUrl {
  table: string;
  url: string;
  lastUsedAt: string | null;
  lastCaller: string | null;
}

export interface DraftView {
  id: string;
  /** Null: it is a task by now. */
  expiresAt: string | null;
  triggerUrls: { table: string; url: string }[];
}

export interface TaskService {
  /**
   * Gives out an id and the trigger URLs that a task saved under it will have; of a task that there
   * is, those that it has, or will have with other tables.
   */
  draft(caller: Caller, draft: { id?: string | undefined; tables: string[] }): Promise<DraftView>;
  /**
   * `idempotencyKey` makes the id: the same key and caller give the same task.
   * @param begin.paused it begins paused
   * @param begin.start it begins with a run, as by hand: both there, or neither
   */
  create(
    caller: Caller,
    input: TaskInput,
    idempotencyKey: string | null,
    begin?: { paused?: boolean; start?: boolean },
  ): Promise<TaskRead>;
  /**
   * Keeps the tasks of a foreign system in step: makes, changes and removes them, each alone.
   * @throws TablegateError temporalUnavailable, workerUnavailable, storeUnavailable: what is left is
   * not done then, and a repeat goes on
   */
  importTasks(caller: Caller, request: ImportRequest): Promise<ImportResult>;
  get(caller: Caller, taskId: string): Promise<TaskRead>;
  list(caller: Caller, query: TaskQuery, page: PageRequest): Promise<CountedPage<TaskRow>>;
  /** What these tasks are called, in any order; also those that have been removed. */
  named(caller: Caller, taskIds: readonly string[]): Promise<{ items: TaskName[] }>;
  /** `ifVersion`: version of the ETag that the caller sent, null without If-Match. */
  edit(
    caller: Caller,
    taskId: string,
    patch: TaskPatch,
    ifVersion: number | null,
  ): Promise<TaskRead>;
  /** PUT: fields that are not sent go back to their defaults. */
  replace(
    caller: Caller,
    taskId: string,
    input: TaskInput,
    ifVersion: number | null,
  ): Promise<TaskRead>;
  /** `detach`: tasks that name it in `dependsOn` no longer do, and plans do not wait for it. */
  remove(caller: Caller, taskId: string, ifVersion: number | null, detach: boolean): Promise<void>;
  pause(caller: Caller, taskId: string): Promise<TaskRead>;
  resume(caller: Caller, taskId: string): Promise<TaskRead>;
  resetGate(caller: Caller, taskId: string, scheduleTime: string | null): Promise<TaskRead>;
  triggerUrls(caller: Caller, taskId: string): Promise<{ items: TriggerUrl[] }>;
  rotate(caller: Caller, taskId: string, table: string): Promise<TriggerUrl>;
}

export interface AcceptedTrigger {
  receipt: string;
  taskId: string;
  tenant: string;
  /** ISO 8601 in UTC; null for an undated call. */
  scheduleTime: string | null;
}

export interface TriggerService {
  /**
   * A call of a trigger URL. Resolves once Temporal has stored the signal.
   * @throws TablegateError triggerUrlRefused, tooManyTriggers, temporalUnavailable, storeUnavailable, invalidInput (schedule time)
   */
  callUrl(call: {
    token: string;
    receipt: string;
    caller: string;
    /** Text as sent; null for an undated call. */
    scheduleTime: string | null;
    idempotencyKey: string | null;
  }): Promise<AcceptedTrigger>;
  /** The same with a key of the API: `POST /tasks/{id}/triggers`. */
  call(
    caller: Caller,
    taskId: string,
    call: {
      table: string;
      scheduleTime: string | null;
      receipt: string;
      idempotencyKey: string | null;
    },
  ): Promise<AcceptedTrigger>;
  /**
   * Says that a table has arrived to every triggered task that lists it, in their open rounds.
   * @returns how many tasks were told
   * @throws TablegateError tableNotFound for a table that is not known
   */
  callTable(
    caller: Caller,
    table: string,
    call: { receipt: string; idempotencyKey: string | null },
  ): Promise<{ marks: number }>;
  /** What became of a call; waits at most 5 s, then null. */
  outcome(accepted: AcceptedTrigger): Promise<ReceiptView | null>;
  ledger(
    caller: Caller,
    taskId: string,
    filter: LedgerFilter,
    page: PageRequest,
  ): Promise<Page<LedgerEntry>>;
  apply(caller: Caller, taskId: string, receipt: string): Promise<LedgerEntry>;
}

export interface WaitingService {
  /** Tasks with gates that wait, and when what is missing usually comes; longest waiting first. */
  board(caller: Caller, query: WaitingQuery, page: PageRequest): Promise<CountedPage<WaitingTask>>;
}

export interface RunService {
  /** Starts by hand; `runInProgress` while busy. */
  start(caller: Caller, taskId: string, idempotencyKey: string | null): Promise<RunRead>;
  /**
   * Starts one run of a triggered task with the tables that a gate has; that is reset at its end.
   * @param gate.scheduleTime text of the gate's time; null: the open round
   * @throws TablegateError gateEmpty, runInProgress, rerunDenied, taskKindMismatch
   */
  startWithPresent(
    caller: Caller,
    taskId: string,
    gate: { scheduleTime: string | null },
    idempotencyKey: string | null,
  ): Promise<RunRead>;
  get(caller: Caller, taskId: string, runId: string): Promise<RunRead>;
  list(caller: Caller, filter: RunFilter, page: PageRequest): Promise<Page<RunRead>>;
  log(caller: Caller, taskId: string, runId: string): Promise<{ items: LogLine[] }>;
  cancel(caller: Caller, taskId: string, runId: string): Promise<RunRead>;
  /**
   * Runs a record's instance again as its next attempt, or, where it has no schedule time, the task
   * by hand. Answers once the new record is there, or after a few seconds without it (`run` null:
   * it waits for its turn). With an `idempotencyKey` it is done once, however often it is asked for.
   * @throws TablegateError rerunDenied by the run policy
   */
  rerun(
    caller: Caller,
    taskId: string,
    runId: string,
    options: { downstream: 'none' | 'matching'; idempotencyKey: string | null },
  ): Promise<RerunView>;
  /** Instances of a task and gates that have none yet, newest schedule time first. */
  instances(
    caller: Caller,
    taskId: string,
    filter: InstanceFilter,
    page: PageRequest,
  ): Promise<Page<InstanceView>>;
  /**
   * The same of all tasks that list or read a table.
   * @throws TablegateError tableNotFound for a table that is not known
   */
  tableInstances(
    caller: Caller,
    table: string,
    filter: InstanceFilter,
    page: PageRequest,
  ): Promise<Page<InstanceView>>;
}

/** What a rerun has brought about. */
export interface RerunView {
  /** The backfill that does it; null for a run without schedule time. */
  backfillId: string | null;
  run: RunRead | null;
  scheduleTime: string | null;
  attempt: number;
}

export interface InstanceFilter {
  /** First and last schedule time, as text; without offset it is read in the task's timezone. */
  from: string | null;
  to: string | null;
  status: InstanceView['status'] | null;
}

/** An instance: its latest attempt, or the gate that it waits for. */
export interface InstanceView {
  taskId: string;
  scheduleTime: string;
  /** Attempts so far. */
  attempts: number;
  /** Status of the latest attempt; `waiting` while its gate is open and nothing has run. */
  status: RunStatus | 'waiting';
  /** What it waits for, what blocks it, or why it failed. */
  reason: string | null;
  run: RunRead | null;
}

export interface BackfillService {
  /** Plans only. */
  plan(caller: Caller, request: BackfillRequest): Promise<PlanView>;
  /** `idempotencyKey` makes the id. @throws TablegateError confirmationNeeded past 10,000 cells */
  create(
    caller: Caller,
    request: BackfillRequest,
    idempotencyKey: string | null,
  ): Promise<BackfillView>;
  /**
   * Starts several, all or none: each is planned before the first one starts, and where one cannot
   * be started after all, those that were are cancelled, what runs of them too.
   * @returns their ids
   */
  createAll(caller: Caller, requests: readonly BackfillRequest[]): Promise<string[]>;
  get(caller: Caller, id: string): Promise<BackfillView>;
  list(
    caller: Caller,
    filter: { status: BackfillStatus | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<BackfillView>>;
  cells(
    caller: Caller,
    id: string,
    filter: { state: CellState | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<CellView>>;
  pause(caller: Caller, id: string): Promise<BackfillView>;
  resume(caller: Caller, id: string): Promise<BackfillView>;
  /** `drain`: what runs comes to its end; `kill`: it is cancelled. */
  cancel(caller: Caller, id: string, mode: 'drain' | 'kill'): Promise<BackfillView>;
  retryFailed(caller: Caller, id: string): Promise<BackfillView>;
  /**
   * A table trigger by API at schedule times (rule 8): recurring tasks that list or read the table
   * are made or rerun with their downstream, triggered ones rerun or marked.
   * @throws TablegateError tableNotFound for a table that is neither registered nor in any task
   */
  triggerTable(
    caller: Caller,
    call: { table: string; times: string[] | { startTime: string; endTime: string } },
    options: { plainTimes: boolean; receipt: string; idempotencyKey?: string | null },
  ): Promise<{ backfillId: string | null; cells: number; marks: number }>;
}

export interface ConnectionTypeView {
  type: string;
  capabilities: ConnectorCapabilities;
  /** JSON Schema of the settings. */
  configSchema: Record<string, unknown>;
  secretFields: string[];
}

export interface SourceService {
  /** The kinds of connections that there are. */
  types(): ConnectionTypeView[];
  createConnection(caller: Caller, input: ConnectionInput): Promise<ConnectionView>;
  replaceConnection(
    caller: Caller,
    name: string,
    input: { type: string; config: Record<string, unknown> },
  ): Promise<ConnectionView>;
  connection(caller: Caller, name: string): Promise<ConnectionView>;
  /** `grant`: only those that the caller may use so. */
  connections(
    caller: Caller,
    filter: { type: string | null; grant: GrantSide | null },
    page: PageRequest,
  ): Promise<Page<ConnectionView>>;
  removeConnection(caller: Caller, name: string): Promise<void>;
  testConnection(caller: Caller, name: string): Promise<{ ok: boolean; message: string | null }>;
  /**
   * Tries a configuration that is not saved; what could not be saved is refused as it would be then.
   * @param input.name of a saved connection, whose secrets are used where none are sent
   */
  testConfig(
    caller: Caller,
    input: Omit<ConnectionInput, 'name'> & { name?: string | undefined },
  ): Promise<{ ok: boolean; message: string | null }>;
  /** The first rows of a table of the source, registered or not; noted in the audit. */
  rows(caller: Caller, name: string, table: string, limit: number): Promise<RowSample>;
  /** Which columns of such a table look like IDs. */
  suggestions(
    caller: Caller,
    name: string,
    table: string,
  ): Promise<{ columns: ColumnSuggestion[] }>;
  /** All tables of the source, registered or not. */
  connectionTables(
    caller: Caller,
    name: string,
  ): Promise<{ items: { name: string; registered: boolean }[] }>;
  tables(
    caller: Caller,
    filter: { connection: string | null; search: string | null; withIdMapping: boolean | null },
    page: PageRequest,
  ): Promise<Page<TableView>>;
  table(
    caller: Caller,
    name: string,
  ): Promise<TableView & { columns: { name: string; type: string }[] | null }>;
  /** Registers the table (the source must have it). */
  putTable(caller: Caller, name: string): Promise<TableView>;
  /** Registers the table if need be and sets its ID mapping; every column must exist. */
  putIdMapping(caller: Caller, name: string, mapping: IdMapping): Promise<TableView>;
  removeTable(caller: Caller, name: string): Promise<void>;
}

/**
 * Projects; every method throws `projectNotFound` where there is none, and `projectClosed` where it has
 * members and the caller is neither one of them nor an admin.
 */
export interface ProjectService {
  directories: DirectoryService;
  create(caller: Caller, input: ProjectInput): Promise<Project>;
  /** Those that are open to the caller. */
  list(caller: Caller, page: PageRequest): Promise<Page<Project>>;
  get(caller: Caller, id: string): Promise<Project>;
  rename(caller: Caller, id: string, name: string): Promise<Project>;
  /** @throws TablegateError projectInUse */
  remove(caller: Caller, id: string): Promise<void>;
  workspaces(caller: Caller, project: string): Promise<{ items: Workspace[] }>;
  createWorkspace(caller: Caller, project: string, name: string): Promise<Workspace>;
  removeWorkspace(caller: Caller, project: string, id: string): Promise<void>;
  /** Projects that a user is a member of. */
  ofMember(caller: Caller, userId: string): Promise<{ items: Project[] }>;
  members(caller: Caller, project: string): Promise<{ items: ProjectMember[] }>;
  addMember(caller: Caller, project: string, userId: string): Promise<ProjectMember>;
  removeMember(caller: Caller, project: string, userId: string): Promise<void>;
}

/** Directories of projects; a caller needs the project to be open to him. */
export interface DirectoryService {
  list(caller: Caller, project: string): Promise<{ items: Directory[] }>;
  /** @throws TablegateError directoryNotFound, also for the root, which is not stored */
  get(caller: Caller, id: string): Promise<Directory>;
  create(caller: Caller, input: Pick<Directory, 'project' | 'parent' | 'name'>): Promise<Directory>;
  change(
    caller: Caller,
    id: string,
    change: { name?: string | undefined; parent?: string | undefined },
  ): Promise<Directory>;
  /** @throws TablegateError directoryInUse where something lies in it */
  remove(caller: Caller, id: string): Promise<void>;
  /** @throws TablegateError directoryNotFound where the project has no such directory; it has the root */
  requireIn(caller: Caller, project: string, id: string): Promise<void>;
}

/**
 * Script objects; every method throws `scriptNotFound` where there is none, and `projectClosed` where
 * its project is closed to the caller.
 */
export interface ScriptService {
  drafts: Pick<ScriptDrafts, 'create' | 'get' | 'list' | 'tree' | 'edit'>;
  versions: Pick<ScriptVersions, 'list' | 'get' | 'diff' | 'history'>;
  validator: Pick<ScriptValidator, 'validate' | 'validateText' | 'preview'>;
  life: Pick<ScriptLife, 'check' | 'submit' | 'publish' | 'unpublish' | 'rollBack' | 'remove'>;
  operationCenter: Pick<OperationCenter, 'list' | 'scriptOf'>;
}

export interface PeopleService {
  /** The caller behind a bearer key; null where it is not valid. */
  authenticate(key: string): Promise<Caller | null>;
  /**
   * The caller behind a vendor's credential, for calls that trigger tables and nothing else; null
   * where there is none in that tenant. `UID` and `ACCOUNT` lead to users for whom an admin allowed
   * it, `TOKEN` and `APIKEY` to the owner of that key.
   */
  authenticateTrigger(credential: TriggerCredential): Promise<Caller | null>;
  tenants(caller: Caller): Promise<Page<Tenant>>;
  createTenant(
    caller: Caller,
    input: { id: string; name: string },
  ): Promise<{ tenant: Tenant; adminKey: string }>;
  createUser(
    caller: Caller,
    input: { name: string; role: Role; account?: string | null; identityTriggers?: boolean },
  ): Promise<User>;
  users(caller: Caller, page: PageRequest): Promise<Page<User>>;
  user(caller: Caller, userId: string): Promise<User>;
  updateUser(caller: Caller, userId: string, change: UserChange): Promise<User>;
  removeUser(caller: Caller, userId: string): Promise<void>;
  grants(caller: Caller, userId: string): Promise<{ items: Grant[] }>;
  setGrant(caller: Caller, grant: Grant): Promise<Grant>;
  removeGrant(caller: Caller, userId: string, connection: string): Promise<void>;
  /**
   * `secret` is shown this once.
   * @param input.userId null: the caller; another user's is for an admin to make
   * @throws TablegateError notAllowed, userNotFound
   */
  createKey(
    caller: Caller,
    input: { userId: string | null; name: string },
  ): Promise<Key & { secret: string }>;
  /** One's own; for admins those of all, or of one user (`userId`). */
  keys(caller: Caller, page: PageRequest, userId?: string | null): Promise<Page<Key>>;
  /** @throws TablegateError keyNotFound, also for those that the caller does not see */
  removeKey(caller: Caller, keyId: string): Promise<void>;
  audit(caller: Caller, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
}

/** What vendors' SDKs sign with. Each user has his own; admins see and remove those of all. */
export interface AccessKeyService {
  /**
   * `secret` is shown this once.
   * @param input.userId null: the caller; another user's is for an admin to make
   * @throws TablegateError notAllowed, userNotFound
   */
  create(
    caller: Caller,
    input: { userId: string | null; name: string },
  ): Promise<AccessKey & { secret: string }>;
  /** One's own; for admins those of all, or of one user (`userId`). */
  list(caller: Caller, page: PageRequest, userId?: string | null): Promise<Page<AccessKey>>;
  /** @throws TablegateError accessKeyNotFound, also for those that the caller does not see */
  remove(caller: Caller, id: string): Promise<void>;
  /** What an access key signs with and who it stands for, as of now; null where there is none. */
  secretOf(id: string): Promise<{ secret: string; caller: Caller } | null>;
  /** Notes that a good signature was made with it; to be told after each. */
  noteUse(id: string): Promise<void>;
  /**
   * Takes the nonce of a good signature, once on all processes while the signature may be used.
   * @returns false where it was taken before
   */
  takeNonce(id: string, nonce: string, expiresAt: Date): Promise<boolean>;
}

/** A change of one task, known by its number. */
export interface BatchEntry {
  number: string;
  /** Null: the task in production where there are twins. */
  environment: 'Dev' | 'Prod' | null;
  change: TaskChange;
}

export interface BatchResult {
  /** Why it was not done; null: it was. */
  error: TablegateError | null;
}

export interface TaskBatchService {
  /**
   * Changes many tasks, each for itself, those of one task in their order. When it answers, lists show
   * all of it; Schedules follow.
   * @param comment noted in the audit of each task that was changed
   * @returns a result for each entry, in their order
   * @throws TablegateError editionTooLow
   */
  update(
    caller: Caller,
    entries: readonly BatchEntry[],
    comment: string | null,
  ): Promise<BatchResult[]>;
}

export interface NumberedTask {
  task: TaskRead;
  /** Numbers of the tasks in its `dependsOn`. */
  upstream: string[];
}

/** What became of one instance. */
export interface InstanceStep {
  number: string;
  /** Why it was not done; null: it was. */
  error: TablegateError | null;
}

/** Instances of a business day, of which `businessTime` is any moment, in ms. */
export type BusinessDayFilter = Omit<InstanceFilterByNumber, 'days'> & { businessTime: number };

export type TaskSlice = Slice<'id' | 'created' | 'changed'>;
export type InstanceSlice = Slice<'id' | 'created' | 'started' | 'finished' | 'scheduled'>;

/**
 * The same things by the numbers that vendors know them by. Of twins, which have one number, that of
 * the environment is meant, in production where that is null. An instance has a number once it has a
 * record; that of any of its attempts leads to it.
 */
export interface ByNumberService {
  /** @throws TablegateError taskNotFound */
  task(caller: Caller, number: string, environment: 'Dev' | 'Prod' | null): Promise<NumberedTask>;
  tasks(
    caller: Caller,
    filter: TaskFilterByNumber,
    slice: TaskSlice,
  ): Promise<{ items: TaskView[]; total: number }>;
  /** @throws TablegateError taskNotFound, taskInUse, taskImported */
  removeTask(caller: Caller, number: string, environment: 'Dev' | 'Prod' | null): Promise<void>;
  /**
   * @param attempt null: the latest
   * @throws TablegateError runNotFound
   */
  instance(caller: Caller, number: string, attempt: number | null): Promise<NumberedInstance>;
  instances(
    caller: Caller,
    filter: BusinessDayFilter,
    slice: InstanceSlice,
  ): Promise<{ items: NumberedInstance[]; total: number }>;
  /** @throws TablegateError runNotFound */
  log(caller: Caller, number: string, attempt: number | null): Promise<string[]>;
  /** Runs instances again, each for itself; a number that is sent twice counts once. */
  rerun(
    caller: Caller,
    numbers: readonly string[],
    comment: string | null,
  ): Promise<InstanceStep[]>;
  /** Cancels what is live of them. */
  stop(caller: Caller, numbers: readonly string[], comment: string | null): Promise<InstanceStep[]>;
  /** Makes or reruns the instance of a task at a time. @throws TablegateError taskNotFound */
  bringAbout(
    caller: Caller,
    number: string,
    environment: 'Dev' | 'Prod' | null,
    scheduleTime: Date,
  ): Promise<void>;
  /**
   * Backfills tasks over closed ranges, whose ends each task reads in its timezone.
   * @returns ids of the backfills, one a range
   * @throws TablegateError confirmationNeeded for a range that comes to more than 10,000 cells
   */
  supplement(
    caller: Caller,
    ask: {
      numbers: readonly string[];
      environment: 'Dev' | 'Prod' | null;
      ranges: readonly { startTime: string; endTime: string }[];
      downstream: 'none' | 'matching';
      concurrency: number;
      comment: string | null;
    },
  ): Promise<string[]>;
  /**
   * Numbers of such backfills, and of the instances that they have brought about so far.
   * @throws TablegateError backfillNotFound
   */
  supplemented(
    caller: Caller,
    ids: readonly string[],
  ): Promise<{ numbers: string[]; instances: string[] }>;
}

export interface ResourceGroupService {
  /** @throws TablegateError nameTaken */
  create(caller: Caller, group: { name: string; taskQueue: string }): Promise<ResourceGroup>;
  list(caller: Caller, page: PageRequest): Promise<Page<ResourceGroup>>;
  /** @throws TablegateError resourceGroupNotFound, resourceGroupInUse */
  remove(caller: Caller, name: string): Promise<void>;
}

/** What a browser signs in with: a key, or a code that was made with one. */
export type SignInCredential = { key: string } | { code: string };

export interface SessionView {
  /** As the user is now. */
  caller: Caller;
  /** What has to come with each call that changes something. */
  csrfToken: string;
  /** When it ends if nothing more comes of it. */
  expiresAt: string;
}

/** What signs in once; shown this once. */
export interface SignInCode {
  code: string;
  /** Address in the console that does it. */
  url: string;
  expiresAt: string;
}

export interface SessionService {
  /**
   * Begins a session.
   * @param address where the call comes from: who tries many wrong keys is held back
   * @returns the session with its token, which the browser alone keeps
   * @throws TablegateError notAuthenticated, tooManySignIns
   */
  signIn(credential: SignInCredential, address: string): Promise<SessionView & { token: string }>;
  /**
   * The session of a token; null where it has ended, by itself or with its key.
   * @param options.isUse false: it is only looked at, and lasts no longer for that
   */
  find(token: string, options: { isUse: boolean }): Promise<SessionView | null>;
  signOut(caller: Caller, token: string): Promise<void>;
  /** Makes a code that begins one session by the caller's key. */
  makeCode(caller: Caller): Promise<SignInCode>;
}

/** What a stream says; `id` is what its reader comes back with. */
export type StreamEvent =
  | { type: 'change'; id: string; change: Change }
  /** `ready`: it is open. `resync`: something may have been missed. `end`: it is over. */
  | { type: 'ready' | 'resync' | 'end'; id: string };

/**
 * Follows events.
 * @param lastId of the last event that the reader has seen; null: it is new
 * @returns what ends it
 */
export type EventFollower = (
  lastId: string | null,
  listener: (event: StreamEvent) => void,
) => () => void;

export interface EventService {
  /**
   * Tells of all changes in the caller's tenant, whichever process made them.
   * @throws TablegateError tooManyStreams
   */
  subscribe(caller: Caller, ...how: Parameters<EventFollower>): ReturnType<EventFollower>;
  /** Ends all streams. */
  close(): void;
}

export interface JobTypeView {
  type: string;
  title: string;
  needsIdMapping: boolean;
  /** JSON Schema of the job's config. */
  configSchema: Record<string, unknown>;
}

/** What comes after what: data flow from `from` to `to`. */
export interface LineageEdge {
  /** Id of a task, or name of a table. */
  from: string;
  to: string;
  /** `lists`: the task waits for the table and does not read it. */
  kind: 'dependsOn' | 'reads' | 'lists' | 'writes';
}

export interface LineageGraph {
  nodes: { tasks: { id: string; name: string; kind: TaskKind }[]; tables: string[] };
  edges: LineageEdge[];
  /** How many there are, also of what was left out. */
  total: { tasks: number; tables: number; edges: number };
  /** True: edges were left out, and what only they touch. */
  truncated: boolean;
}

export interface LineageService {
  /**
   * Live tasks with the tables that they touch: all, or those before and after one task or table.
   * @param about.limit most edges
   * @throws TablegateError taskNotFound, tableNotFound
   */
  graph(
    caller: Caller,
    about: { taskId: string | null; table: string | null; limit: number },
  ): Promise<LineageGraph>;
}

/** A task that has to do with a table; `collects`: it has found the latest version. */
export interface TableTask {
  id: string;
  name: string;
  kind: TaskKind;
  how: 'reads' | 'lists' | 'writes' | 'collects';
}

export interface CatalogueTableRead extends CatalogueTableWithColumns {
  /** Whether the caller may read from its connection: without it no value is told, only counts. */
  mayRead: boolean;
  tasks: TableTask[];
  /** Tables that the tasks read or list which write this one. */
  upstreamTables: string[];
  /** Tables that the tasks write which read or list this one. */
  downstreamTables: string[];
}

export interface CatalogueService {
  /** The best first. `more`: there are others. A question without a word finds nothing. */
  search(
    caller: Caller,
    question: string,
    filter: CatalogueFilter,
    limit: number,
  ): Promise<{ items: CatalogueHit[]; more: boolean }>;
  tables(
    caller: Caller,
    filter: CatalogueFilter,
    page: PageRequest,
  ): Promise<CountedPage<CatalogueTable>>;
  /** What lists can be narrowed by. */
  choices(caller: Caller): Promise<CatalogueChoices>;
  /** @throws TablegateError tableNotFound, as the others do that name a table */
  table(caller: Caller, name: string): Promise<CatalogueTableRead>;
  versions(caller: Caller, name: string, page: PageRequest): Promise<Page<TableVersion>>;
  /**
   * @param against version that it is compared with; null: the one before it
   * @throws TablegateError tableVersionNotFound
   */
  version(
    caller: Caller,
    name: string,
    version: number,
    against: number | null,
  ): Promise<TableVersion & { definition: TableDefinition }>;
  /** @throws TablegateError columnNotFound */
  edit(caller: Caller, name: string, edit: CatalogueEdit): Promise<CatalogueTableRead>;
  /** All of it, piece by piece. */
  export(caller: Caller, filter: CatalogueFilter, format: 'json' | 'csv'): AsyncIterable<string>;
}

export interface LookUpService {
  /**
   * The user behind an ID of an `id-mapping` task's result, with all IDs and where they stand.
   * @throws TablegateError idNotFound, noIdMapping, noResult, sourcesChanged, connectionFailed,
   * tooManyLookUps, lookUpTooLarge, workerUnavailable
   */
  user(caller: Caller, taskId: string, id: LookedUpId): Promise<LookedUpUser>;
  /**
   * The shortest chain of rows between two IDs of one user.
   * @throws TablegateError the same, and differentUsers
   */
  chain(
    caller: Caller,
    taskId: string,
    ends: { from: LookedUpId; to: LookedUpId },
  ): Promise<IdChain>;
}

export interface RecurrencePreview {
  /** The next ten times, each with what is special about it where clocks change. */
  times: { time: string; note: string | null }[];
  dstRule: string;
  /** Whose clocks: the zone asked for, or that of the installation. */
  timezone: string;
}

export interface SystemService {
  /**
   * What a recurrence would bring about.
   * @param ask.timezone null: that of the installation
   * @param ask.from text of the time after which the shown ones come; null: now
   */
  previewRecurrence(ask: {
    recurrence: Recurrence;
    timezone: string | null;
    from: string | null;
  }): RecurrencePreview;
  jobTypes(): JobTypeView[];
  /** What deliveries to webhooks of the caller's tenant are signed with. */
  webhookSecret(caller: Caller): Promise<{ secret: string }>;
  /** Resolves once a trigger would be served; throws what stands in the way. */
  ready(): Promise<void>;
}

/** What a caller of the identity service says of itself. Null: it does not say. */
export type IdentityClaim =
  | {
      method: 'password';
      /** The user by one of the two. */
      userId: string | null;
      userName: string | null;
      /** A key of the API that is the user's. */
      password: string;
      /** Id or name of the tenant. */
      domain: string | null;
    }
  | { method: 'accessKey'; id: string; secret: string };

export interface IssuedToken {
  token: string;
  caller: Caller;
  tenant: Tenant;
  /** The only project that it is good for; null: for all that are open to its user. */
  project: Project | null;
  issuedAt: string;
  expiresAt: string;
}

/** Tokens that stand for a user for a day, as clients of vendors' identity services get them. */
export interface IdentityService {
  /**
   * @param scope id or name of the project that the token is to be for
   * @param address where the call comes from: who tries many wrong keys is held back
   * @throws TablegateError notAuthenticated, tooManySignIns, projectNotFound, notAllowed
   */
  issue(claim: IdentityClaim, scope: string | null, address: string): Promise<IssuedToken>;
  /** Who a token stands for, as of now; null where it is not good, or what it was made with is gone. */
  find(token: string): Promise<{ caller: Caller; project: string | null } | null>;
}

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

/** Remembers answers of POST requests by `Idempotency-Key`; see `store/store.ts`. */
export interface IdempotencyService {
  claim(
    caller: Caller,
    key: string,
    requestDigest: string,
  ): Promise<
    { state: 'fresh' | 'other' | 'running' } | { state: 'done'; status: number; body: unknown }
  >;
  finish(caller: Caller, key: string, status: number, body: unknown): Promise<void>;
  release(caller: Caller, key: string): Promise<void>;
}

export interface Scheduling {
  tasks: TaskService;
  triggers: TriggerService;
  runs: RunService;
  waiting: WaitingService;
  backfills: BackfillService;
  lineage: LineageService;
  lookUps: LookUpService;
  sources: SourceService;
  catalogue: CatalogueService;
  projects: ProjectService;
  scripts: ScriptService;
  people: PeopleService;
  sessions: SessionService;
  accessKeys: AccessKeyService;
  identity: IdentityService;
  metadataTasks: MetadataTaskService;
  resourceGroups: ResourceGroupService;
  taskBatches: TaskBatchService;
  byNumber: ByNumberService;
  events: EventService;
  system: SystemService;
  idempotency: IdempotencyService;
}
