/**
 * What the store does, by subject. It is always PostgreSQL: the read model of what Temporal is the
 * authority for (tasks, ledger, records), and the only home of people, keys, trigger tokens,
 * connections, registered tables and audit. Every method throws `TablegateError storeUnavailable`
 * where PostgreSQL does not answer within its bound.
 */
import type {
  BackfillStatus,
  BackfillStep,
  BackfillView,
  CellEnd,
  CellState,
  CellView,
  ExistingChoice,
  PlannedCell,
} from '../model/backfill';
import type {
  CatalogueEdit,
  CatalogueFilter,
  CatalogueTable,
  CatalogueTableWithColumns,
  TableVersion,
} from '../model/catalogue/catalogue';
import type { ColumnClassification } from '../model/catalogue/classify-schema';
import type { CollectedTable, TableDefinition, TableOutline } from '../model/catalogue/collected';
import type { AlivePolicy, CollectedOutcome, DeletedPolicy } from '../model/catalogue/policies';
import type { TableProfile } from '../model/catalogue/profile';
import type { SearchQuery } from '../model/catalogue/search-terms';
import type { Change } from '../model/change';
import type { MadeOfBody } from '../model/dataarts/shown-task';
import type { JobLineage } from '../model/job-type';
import type { LineageTask } from '../model/lineage';
import type { CountedPage, Page, PageRequest } from '../model/page';
import type {
  AccessKey,
  AuditEntry,
  Grant,
  GrantSide,
  Key,
  Role,
  Tenant,
  User,
  UserChange,
} from '../model/people';
import type { Directory, Project, ProjectMember, Workspace } from '../model/project';
import type {
  LogLine,
  RunProjection,
  RunRecord,
  RunStarter,
  RunStatus,
  TableDetail,
} from '../model/run';
import type {
  Environment,
  ScheduleType,
  ScriptConfig,
  ScriptOrigin,
  ScriptState,
} from '../model/script-object';
import type { ScriptVersion } from '../model/script-version';
import type { ResourceGroup } from '../model/resource-group';
import type { ConnectionView, IdMapping, TableView } from '../model/source';
import type { TaskKind, TaskProjection, TaskView } from '../model/task';
import type { TaskName, TaskQuery, TaskRow } from '../model/task-list';
import type { LedgerEntry, LedgerProjection, TriggerOutcome } from '../model/trigger';
import type { Arrival } from '../model/usual-arrival';

export type { BackfillStep, Page, PageRequest };

export interface Store {
  tasks: TaskStore;
  ledger: LedgerStore;
  runs: RunStore;
  backfills: BackfillStore;
  tokens: TokenStore;
  people: PeopleStore;
  sessions: SessionStore;
  accessKeys: AccessKeyStore;
  resourceGroups: ResourceGroupStore;
  numbered: NumberedStore;
  sources: SourceStore;
  catalogue: CatalogueStore;
  projects: ProjectStore;
  directories: DirectoryStore;
  scripts: ScriptStore;
  dataArtsTasks: DataArtsTaskStore;
  audit: AuditStore;
  idempotency: IdempotencyStore;
  retention: RetentionStore;
  changes: ChangeStore;
  /**
   * Holds a value that all processes of an installation must share, such as a fingerprint of its
   * secret: the first one stays.
   * @returns whether `value` is the one that is held
   */
  agree(name: string, value: string): Promise<boolean>;
  /** One round trip; throws `storeUnavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface TaskStore {
  /** Next value of the 64-bit task numbers, as decimal text. */
  nextNumber(): Promise<string>;
  /** Writes a task with its trigger tokens, ledger lines and records in one transaction; older versions never replace newer ones. Safe to repeat. */
  project(batch: ProjectionBatch): Promise<void>;
  /** The same for several tasks, each of them once, in one transaction. */
  projectAll(tasks: { task: TaskProjection; lineage: JobLineage }[]): Promise<void>;
  /** Live tasks with one of these numbers; twins have the same. */
  byNumbers(tenant: string, numbers: string[]): Promise<TaskView[]>;
  /** Null also for a removed task. */
  find(tenant: string, taskId: string): Promise<TaskView | null>;
  /** True for removed tasks too: their ids are never taken again. */
  exists(tenant: string, taskId: string): Promise<boolean>;
  /** What these tasks are called, in any order; also the removed ones among them. */
  named(tenant: string, taskIds: readonly string[]): Promise<TaskName[]>;
  /** Live tasks among these, in any order. */
  findAll(tenant: string, taskIds: readonly string[]): Promise<TaskView[]>;
  /** In the order asked for; what has no latest run, or no next one, is as if that were long ago, or far ahead. */
  list(tenant: string, query: TaskQuery, page: PageRequest): Promise<CountedPage<TaskView>>;
  /** Tasks with a gate that waits, those that have waited longest first. */
  waiting(tenant: string, query: WaitingQuery, page: PageRequest): Promise<CountedPage<TaskView>>;
  /**
   * Reserves output tables for one task, replacing what it had reserved. One statement or
   * transaction, so that two tasks that race for one table cannot both have it.
   * @returns the first table that another live task has, with that task; null where all are now reserved
   */
  reserveOutputs(
    tenant: string,
    taskId: string,
    tables: OutputTable[],
  ): Promise<OutputConflict | null>;
  /** The same conflict, with nothing reserved. */
  outputConflict(
    tenant: string,
    taskId: string,
    tables: OutputTable[],
  ): Promise<OutputConflict | null>;
  /** What imports of a source have brought, by external id; `removed`: how often it was removed. */
  imported(
    tenant: string,
    source: string,
  ): Promise<Map<string, { task: TaskView | null; removed: number }>>;
  /** Names of live tasks that list or read one of these tables (id and name, at most 10). */
  usersOfTable(tenant: string, table: string): Promise<{ id: string; name: string }[]>;
  usersOfConnection(tenant: string, connection: string): Promise<{ id: string; name: string }[]>;
  /** Every live task as lineage sees it; of a tenant, or those with these ids. */
  lineage(tenant: string, taskIds?: string[]): Promise<LineageTask[]>;
  /**
   * Live tasks that may come right after this one: they name it in `dependsOn`, or list or read one
   * of `writes`. Served by indexes.
   */
  downstreamOf(tenant: string, taskId: string, writes: string[]): Promise<LineageTask[]>;
  /** Live tasks that may come right before: named in `dependsOn`, or writers of one of `reads`. */
  upstreamOf(
    tenant: string,
    task: { dependsOn: string[]; reads: string[] },
  ): Promise<LineageTask[]>;
  /** Live tasks that list or read the table. */
  tasksOfTable(tenant: string, table: string): Promise<LineageTask[]>;
  /** Recurring tasks of all tenants, in pages by (tenant, id), for the watchdog. */
  recurring(after: { tenant: string; id: string } | null, limit: number): Promise<RecurringTask[]>;
}

/** A recurring task, as the watchdog has to know it. */
export interface RecurringTask {
  tenant: string;
  task: LineageTask;
  paused: boolean;
  version: number;
  updatedAt: string;
  /** Schedule times of its oldest open gates. */
  openTimes: string[];
}

/** Null: it does not matter. */
export interface WaitingQuery {
  /** Part of the name, whatever the case. */
  search: string | null;
  taskId: string | null;
}

export interface OutputTable {
  /** As the task names it. */
  name: string;
  /** What it really is: equal for all names of one table, at most 255 characters. */
  target: string;
}

export interface OutputConflict {
  table: string;
  taskId: string;
  taskName: string | null;
}

export interface ProjectionBatch {
  task: TaskProjection | null;
  /** What the task's job reads and writes; kept with the task. */
  lineage: JobLineage;
  ledger: LedgerProjection[];
  runs: RunProjection[];
}

export interface LedgerStore {
  find(tenant: string, taskId: string, receipt: string): Promise<LedgerEntry | null>;
  list(
    tenant: string,
    taskId: string,
    filter: LedgerFilter,
    page: PageRequest,
  ): Promise<Page<LedgerEntry>>;
  /** The latest marks of some tables in some tasks, in the order asked for; empty where there are none. */
  arrivals(tenant: string, of: { taskId: string; table: string }[]): Promise<Arrival[][]>;
}

/** First and last moment, ISO 8601 in UTC; both belong to it, null is open. */
export interface TimeSpan {
  from: string | null;
  to: string | null;
}

/** By when the calls came. */
export interface LedgerFilter extends TimeSpan {
  outcome: TriggerOutcome | null;
  table: string | null;
}

/** By when they were asked for; of one task, or of the tenant where `taskId` is null. */
export interface RunFilter extends TimeSpan {
  taskId: string | null;
  status: RunStatus | null;
  startedBy: RunStarter | null;
}

export interface RunStore {
  /** Writes one record; an older version never replaces a newer one. */
  project(record: RunProjection): Promise<void>;
  /** Progress and per-table details of a run that is `running`; no effect on one that has ended. */
  progress(
    tenant: string,
    runId: string,
    progress: { fraction: number; text: string } | null,
    tables: TableDetail[],
  ): Promise<void>;
  find(tenant: string, taskId: string, runId: string): Promise<RunRecord | null>;
  /** What some runs are doing, by id; those without a record are left out. */
  doings(
    tenant: string,
    runIds: string[],
  ): Promise<Map<string, Pick<NonNullable<TaskRow['latestRun']>, 'startedAt' | 'progress'>>>;
  list(tenant: string, filter: RunFilter, page: PageRequest): Promise<Page<RunRecord>>;
  /** The latest attempt of each instance, newest schedule time first. */
  instances(
    tenant: string,
    taskId: string,
    filter: { from: string | null; to: string | null; status: RunStatus | null },
    page: PageRequest,
  ): Promise<Page<RunRecord>>;
  /**
   * How instances stand: latest attempt (0 where nothing ran), its status and run. Of the named
   * times, or of a closed range.
   */
  knownInstances(
    tenant: string,
    taskId: string,
    times: string[] | { from: string; to: string },
  ): Promise<KnownInstance[]>;
  /** The latest instance with a schedule time at or before `at`. */
  latestInstance(tenant: string, taskId: string, at: string): Promise<KnownInstance | null>;
  /** Median seconds that each task's last 20 succeeded runs took; tasks without one are left out. */
  usualSeconds(tenant: string, taskIds: string[]): Promise<Map<string, number>>;
  /** Appends lines and keeps the run's last 1,000. */
  appendLog(tenant: string, runId: string, lines: LogLine[]): Promise<void>;
  /** The lines kept, oldest first. */
  log(tenant: string, runId: string): Promise<LogLine[]>;
}

/** How an instance stands. */
export interface KnownInstance {
  scheduleTime: string;
  attempts: number;
  status: RunStatus;
  runId: string;
}

export interface NewBackfill {
  tenant: string;
  id: string;
  startedBy: BackfillView['startedBy'];
  startedByUser: string;
  /** Tasks that were asked for (not those downstream). */
  taskIds: string[];
  downstream: 'none' | 'matching';
  existing: ExistingChoice;
  concurrency: number;
  cells: PlannedCell[];
}

export interface BackfillStore {
  /** Saves a backfill, `running`, with its whole plan in one transaction. False where the id is there. */
  create(backfill: NewBackfill): Promise<boolean>;
  find(tenant: string, id: string): Promise<StoredBackfill | null>;
  list(
    tenant: string,
    filter: { status: BackfillStatus | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<StoredBackfill>>;
  cells(
    tenant: string,
    id: string,
    filter: { state: CellState | null; taskId: string | null },
    page: PageRequest,
  ): Promise<Page<CellView>>;
  /**
   * One step of a driver: notes ends, blocks what needs a cell that ended badly, hands out up to
   * `concurrency` minus those under way (none unless `running`), and closes the backfill when nothing
   * waits or runs. Where much is to be blocked or let go it takes several transactions, so that other
   * backfills come in between. Safe to repeat: the same `step` hands out the same cells.
   * @param step.number grows with every step of a driver
   * @param step.reconcile also looks at cells that have been under way for long: those whose run
   *   has ended in the records are ended, the others are handed out again
   */
  advance(
    tenant: string,
    id: string,
    step: { number: number; ends: { taskId: string; cells: CellEnd[] }[]; reconcile: boolean },
  ): Promise<BackfillStep>;
  /** Drops all cells of a removed task that have not ended, and blocks what needs them. */
  dropTask(tenant: string, id: string, taskId: string): Promise<void>;
  /**
   * In no plan of the tenant anything waits for cells of this task any more. What was blocked for
   * want of them alone waits again in plans that go on; in the others `retry` takes it.
   * @returns ids of those that go on, whose drivers are to look at them again
   */
  detachTask(tenant: string, taskId: string): Promise<string[]>;
  /** Moves to another status where the present one is in `from`; null where it is not. */
  changeStatus(
    tenant: string,
    id: string,
    from: readonly BackfillStatus[],
    to: BackfillStatus,
  ): Promise<StoredBackfill | null>;
  /** Failed, timed-out, cancelled and blocked cells wait again, and it is `running`. How many. */
  retry(tenant: string, id: string): Promise<number>;
  /** Backfills of all tenants that need a driver, for the watchdog. */
  live(): Promise<{ tenant: string; id: string }[]>;
}

/** A backfill as stored; its estimated end is made when it is read. */
export interface StoredBackfill extends Omit<BackfillView, 'estimatedEnd'> {
  /** When cells were last handed out anew: the begin of its present stretch of work. */
  resumedAt: string;
  /** Cells that have ended since. */
  endedSince: number;
}

/** What is kept of a trigger token; the token itself is derived, never stored. */
export interface TokenRow {
  tenant: string;
  taskId: string;
  table: string;
  /** Only grows, over removal and re-adding of the table too. */
  version: number;
  revoked: boolean;
  lastUsedAt: string | null;
  lastCaller: string | null;
}

export interface TokenStore {
  /** Revokes one table's token and makes its next version live. Null where it has no live token. */
  rotate(tenant: string, taskId: string, table: string): Promise<TokenRow | null>;
  /** Live tokens of a task, in table order. */
  list(tenant: string, taskId: string): Promise<TokenRow[]>;
  /** The version that each table's token has, or would get if it were live; in the order given. */
  versions(tenant: string, taskId: string, tables: string[]): Promise<number[]>;
  /** The live token with this digest; null for unknown, rotated and revoked ones. */
  findByDigest(digest: string): Promise<TokenRow | null>;
  /** Notes the last use; called in batches. */
  noteUse(
    uses: { tenant: string; taskId: string; table: string; at: string; caller: string }[],
  ): Promise<void>;
}

/** The key of a tenant's first user. */
export interface FirstAdmin {
  keyName: string;
  keyDigest: string;
  keyPrefix: string;
}

export interface PeopleStore {
  /**
   * Creates what an installation starts with, once: tenant `default`, user `admin`. Safe to race.
   * @returns false where it was there: nothing is done then, so that an admin key which was removed
   *   does not come back
   */
  ensureFirst(admin: FirstAdmin): Promise<boolean>;
  tenants(): Promise<Tenant[]>;
  /** Creates a tenant with its first admin, both or neither; `idTaken` where the id is in use. */
  createTenant(tenant: { id: string; name: string }, admin: FirstAdmin): Promise<Tenant>;
  /** `nameTaken` where another user of the tenant has the account. */
  createUser(
    tenant: string,
    user: {
      id: string;
      name: string;
      role: Role;
      account?: string | null;
      identityTriggers?: boolean;
    },
  ): Promise<User>;
  users(tenant: string, page: PageRequest): Promise<Page<User>>;
  findUser(tenant: string, userId: string): Promise<User | null>;
  /** The user who has exactly this account. */
  findByAccount(tenant: string, account: string): Promise<User | null>;
  /**
   * Refuses with `lastAdmin` where no admin would be left, and with `nameTaken` as `createUser`
   * does. Null where there is no such user.
   */
  updateUser(tenant: string, userId: string, change: UserChange): Promise<User | null>;
  /**
   * Removes a user with keys and grants; refuses with `lastAdmin`. An admin takes the place of the last
   * member of a project, which would be open to all otherwise. Null where there is no such user.
   */
  removeUser(
    tenant: string,
    userId: string,
  ): Promise<{ takenOver: { project: string; userId: string }[] } | null>;
  createKey(
    tenant: string,
    key: { id: string; userId: string; name: string; prefix: string; digest: string },
  ): Promise<Key>;
  /** @param ofUser only those of this user; null: all */
  keys(tenant: string, page: PageRequest, ofUser?: string | null): Promise<Page<Key>>;
  removeKey(tenant: string, keyId: string, ofUser?: string | null): Promise<boolean>;
  /** The user behind a key's SHA-256 hex digest; notes the use at most once a minute. */
  findByKeyDigest(digest: string): Promise<{ tenant: string; keyId: string; user: User } | null>;
  /** The user whose key this is, for what was begun with the key; its use is not noted. */
  findByKeyId(tenant: string, keyId: string): Promise<Pick<User, 'id' | 'name' | 'role'> | null>;
  grants(tenant: string, userId: string): Promise<Grant[]>;
  findGrant(tenant: string, userId: string, connection: string): Promise<Grant | null>;
  /** Names of admins, whom others may ask for a grant: the first three, oldest first. */
  adminNames(tenant: string): Promise<string[]>;
  setGrant(tenant: string, grant: Grant): Promise<void>;
  removeGrant(tenant: string, userId: string, connection: string): Promise<boolean>;
}

/** Pairs of id and secret that vendors' SDKs sign with; here the secret is one sealed text. */
export interface AccessKeyStore {
  /** @throws TablegateError userNotFound */
  create(
    tenant: string,
    key: { id: string; userId: string; name: string; secret: string },
  ): Promise<AccessKey>;
  /** Newest first; of one user, or of all where null. */
  list(tenant: string, userId: string | null, page: PageRequest): Promise<Page<AccessKey>>;
  /** One of this user's keys, or of anybody's where null. False where there is none. */
  remove(tenant: string, userId: string | null, id: string): Promise<boolean>;
  /** The sealed secret of a key and whose it is. */
  find(id: string): Promise<{
    tenant: string;
    secret: string;
    user: Pick<User, 'id' | 'name' | 'role'>;
  } | null>;
  /** Notes that it signed something, at most once a minute. */
  noteUse(id: string): Promise<void>;
  /**
   * Takes a nonce that something was signed with; forgotten once it has expired.
   * @returns false where it was taken before, by whichever process
   */
  takeNonce(id: string, nonce: string, expiresAt: Date): Promise<boolean>;
}

/** Null: it does not matter. */
export interface TaskFilterByNumber {
  numbers: string[] | null;
  /** Part of the name, whatever the case. */
  search: string | null;
  owner: string | null;
  environment: 'Dev' | 'Prod' | null;
  /** Of the job. */
  type: string | null;
  kind: TaskKind | null;
  running: 'pause' | 'skip' | 'normal' | null;
  resourceGroup: string | null;
}

export interface InstanceFilterByNumber extends TaskFilterByNumber {
  /** When the wanted schedule times are in each timezone that tasks have, the end left out. */
  days: { timezone: string; from: Date; to: Date }[];
  instanceNumbers: string[] | null;
  statuses: RunStatus[] | null;
}

/** A part of a list, and its order. */
export interface Slice<By extends string> {
  by: By;
  descending: boolean;
  offset: number;
  limit: number;
}

/** An attempt of an instance, with the task as it is now. */
export interface NumberedInstance {
  /** That of the first attempt, for all of them. */
  number: string;
  run: RunRecord;
  task: TaskView;
}

/** What vendors know by numbers. A run without a schedule time is an instance of its own. */
export interface NumberedStore {
  /** Live tasks. */
  tasks(
    tenant: string,
    filter: TaskFilterByNumber,
    slice: Slice<'id' | 'created' | 'changed'>,
  ): Promise<{ items: TaskView[]; total: number }>;
  /** Numbers of tasks, also of removed ones, by their ids. */
  numbersOf(tenant: string, taskIds: string[]): Promise<Map<string, string>>;
  /** Those of all tasks, also of removed ones. */
  timezones(tenant: string): Promise<string[]>;
  /** The latest attempt of each instance that has a record; of removed tasks too. */
  instances(
    tenant: string,
    filter: InstanceFilterByNumber,
    slice: Slice<'id' | 'created' | 'started' | 'finished' | 'scheduled'>,
  ): Promise<{ items: NumberedInstance[]; total: number }>;
  /** All attempts of an instance, the latest first; empty where there is none. */
  attempts(tenant: string, number: string): Promise<NumberedInstance[]>;
  /** Numbers of backfills and of the instances that they have brought about so far (10,000 at most). */
  backfills(
    tenant: string,
    ids: string[],
  ): Promise<{ backfills: { id: string; number: string }[]; instances: string[] }>;
}

export interface ResourceGroupStore {
  /** Null where the name is taken. */
  create(tenant: string, group: { name: string; taskQueue: string }): Promise<ResourceGroup | null>;
  /** Newest first. */
  list(tenant: string, page: PageRequest): Promise<Page<ResourceGroup>>;
  /** Those of these names that there are. */
  find(tenant: string, names: string[]): Promise<ResourceGroup[]>;
  remove(tenant: string, name: string): Promise<boolean>;
  /** Live tasks whose job runs in it (id and name, at most 10). */
  usersOf(tenant: string, name: string): Promise<{ id: string; name: string }[]>;
}

/** A key, and the tenant that it belongs to. */
export interface KeyHolder {
  tenant: string;
  keyId: string;
}

export interface SessionStore {
  /** Begins a session by a key, found by the digest of its token; false where the key is gone. */
  begin(holder: KeyHolder, digest: string): Promise<boolean>;
  /**
   * A session that has not ended, with the user as that is now; null for any other.
   * @param options.isUse somebody uses it, and it lasts on from now; noted at most once a minute
   */
  find(
    digest: string,
    options: { isUse: boolean },
  ): Promise<(KeyHolder & { user: Pick<User, 'id' | 'name' | 'role'>; expiresAt: string }) | null>;
  end(digest: string): Promise<void>;
  /** Keeps a code that begins one session; null where the key is gone. */
  makeCode(holder: KeyHolder, digest: string): Promise<{ expiresAt: string } | null>;
  /** Takes a code, which nobody can after that; null where it is not good. */
  takeCode(digest: string): Promise<KeyHolder | null>;
}

/** A connection as stored: the secrets are one encrypted text. */
export interface ConnectionRow extends Omit<ConnectionView, 'mayRead' | 'mayWrite'> {
  tenant: string;
  secrets: string | null;
}

export interface SourceStore {
  /** `maker`: the user who gets both grants on it, in the same transaction; null: nobody. */
  createConnection(
    row: {
      tenant: string;
      name: string;
      type: string;
      config: Record<string, unknown>;
      secrets: string | null;
    },
    maker: string | null,
  ): Promise<ConnectionRow | 'taken'>;
  updateConnection(row: {
    tenant: string;
    name: string;
    type: string;
    config: Record<string, unknown>;
    secrets: string | null;
  }): Promise<ConnectionRow | null>;
  findConnection(tenant: string, name: string): Promise<ConnectionRow | null>;
  /** `grantedTo`: only those that this user has been granted to use so. */
  connections(
    tenant: string,
    filter: { type: string | null; grantedTo: { userId: string; side: GrantSide } | null },
    page: PageRequest,
  ): Promise<Page<ConnectionRow>>;
  /** Registered tables of it go too. */
  removeConnection(tenant: string, name: string): Promise<boolean>;
  /** Registers a table or replaces its ID mapping (undefined leaves that alone, null removes it). */
  putTable(
    tenant: string,
    table: { connection: string; schema: string; table: string },
    idMapping: IdMapping | null | undefined,
  ): Promise<TableView>;
  findTable(tenant: string, name: string): Promise<TableView | null>;
  /** Registered tables among `names`. */
  findTables(tenant: string, names: string[]): Promise<TableView[]>;
  tables(
    tenant: string,
    filter: { connection: string | null; search: string | null; withIdMapping: boolean | null },
    page: PageRequest,
  ): Promise<Page<TableView>>;
  removeTable(tenant: string, name: string): Promise<boolean>;
}

/** Which collection writes. */
export interface Collection {
  tenant: string;
  connection: string;
  taskId: string;
  runId: string;
}

export interface CatalogueStore {
  /**
   * Writes some of the tables that a collection has found, in one transaction of few statements:
   * a new version of what has changed, and the facts of what has not. What people have added stays.
   * @returns what became of each, by its name
   */
  collect(
    collection: Collection,
    tables: readonly CollectedTable[],
    policy: AlivePolicy,
  ): Promise<Map<string, CollectedOutcome>>;
  /** Tables of a connection that are there as far as the catalogue knows, without those in `seen`. */
  unseen(
    tenant: string,
    connection: string,
    seen: readonly string[],
  ): Promise<{ name: string; schema: string; table: string }[]>;
  /** Does with tables that are gone what the policy says. How many it concerned. */
  settleGone(
    collection: Collection,
    names: readonly string[],
    policy: DeletedPolicy,
  ): Promise<number>;
  /** Keeps what the values of tables are like; null leaves what is kept. Unknown tables are left out. */
  keepProfiles(tenant: string, profiles: readonly TableInsight[]): Promise<void>;
  /** The best first; at most so many. `more`: there are others. */
  search(
    tenant: string,
    question: SearchQuery,
    filter: CatalogueFilter,
    limit: number,
  ): Promise<{ items: CatalogueTableWithColumns[]; more: boolean }>;
  /** In order of their names. */
  tables(
    tenant: string,
    filter: CatalogueFilter,
    page: PageRequest,
  ): Promise<CountedPage<CatalogueTable>>;
  table(tenant: string, name: string): Promise<CatalogueTableWithColumns | null>;
  /** Those of the named ones that there are, in that order, without what was said and seen of them. */
  outlines(tenant: string, names: readonly string[]): Promise<TableOutline[]>;
  /** Newest first, each with what it changed. */
  versions(tenant: string, name: string, page: PageRequest): Promise<Page<TableVersion>>;
  /**
   * One version with its definition.
   * @param against the version that it is compared with; null: the one before it
   */
  version(
    tenant: string,
    name: string,
    version: number,
    against: number | null,
  ): Promise<(TableVersion & { definition: TableDefinition }) | null>;
  /**
   * Changes what people say of a table.
   * @returns null where there is no such table; `columnNotFound` where it has no such column
   */
  edit(
    tenant: string,
    name: string,
    edit: CatalogueEdit,
  ): Promise<CatalogueTableWithColumns | null>;
  /** All tables in order of their names, some at a time: memory stays flat. */
  all(tenant: string, filter: CatalogueFilter): AsyncIterable<CatalogueTableWithColumns[]>;
  /** What there is to choose from; each list in order, at most 1,000 of each. */
  choices(tenant: string): Promise<CatalogueChoices>;
  /** Whether the table is there, as far as the catalogue knows. */
  knows(tenant: string, name: string): Promise<boolean>;
}

/** What the values of a table are like. */
export interface TableInsight {
  name: string;
  profile: TableProfile | null;
  /** By the names of the columns. */
  classes: Record<string, ColumnClassification[]> | null;
}

export interface CatalogueChoices {
  connections: string[];
  schemas: string[];
  tags: string[];
  classes: string[];
  owners: string[];
}

export interface ProjectStore {
  /** Creates a project with its first workspace; `nameTaken` where another has the name. */
  create(tenant: string, project: Pick<Project, 'id' | 'name' | 'mode'>): Promise<Project>;
  find(tenant: string, id: string): Promise<Project | null>;
  /** Newest first. `memberId`: those that are open to this user; null: all. */
  list(tenant: string, memberId: string | null, page: PageRequest): Promise<Page<Project>>;
  /** Null where there is no such project; `nameTaken`. */
  rename(tenant: string, id: string, name: string): Promise<Project | null>;
  /** `inUse`: there are directories or scripts in it. */
  remove(tenant: string, id: string): Promise<'removed' | 'inUse' | 'unknown'>;
  /** Oldest first. */
  workspaces(tenant: string, project: string): Promise<Workspace[]>;
  /** `nameTaken`, `projectNotFound`. */
  createWorkspace(
    tenant: string,
    workspace: Pick<Workspace, 'project' | 'id' | 'name'>,
  ): Promise<Workspace>;
  removeWorkspace(tenant: string, project: string, id: string): Promise<boolean>;
  members(tenant: string, project: string): Promise<ProjectMember[]>;
  /** Safe to repeat; `userNotFound`, `projectNotFound`. */
  addMember(tenant: string, project: string, userId: string): Promise<void>;
  removeMember(tenant: string, project: string, userId: string): Promise<boolean>;
  /** Those that the user is a member of, by name. */
  ofMember(tenant: string, userId: string): Promise<Project[]>;
  /** True for a member, and for everybody where the project has none. */
  isOpenTo(tenant: string, project: string, userId: string): Promise<boolean>;
}

/**
 * Directories of projects; the root is not stored. `judge` sees all of the project's before a write,
 * while no other write of them is under way, and throws what stands against it.
 */
export interface DirectoryStore {
  /** All of a project, by name. */
  list(tenant: string, project: string): Promise<Directory[]>;
  find(tenant: string, id: string): Promise<Directory | null>;
  /** `nameTaken` where its parent holds one of that name; `projectNotFound`. */
  create(
    tenant: string,
    directory: Omit<Directory, 'createdAt'>,
    judge: (all: Directory[]) => void,
  ): Promise<Directory>;
  /** Name and parent; null where there is no such directory; `nameTaken`. */
  change(
    tenant: string,
    directory: Omit<Directory, 'createdAt'>,
    judge: (all: Directory[]) => void,
  ): Promise<Directory | null>;
  /** `inUse`: something lies in it. */
  remove(
    tenant: string,
    directory: Pick<Directory, 'id' | 'project'>,
  ): Promise<'removed' | 'inUse' | 'unknown'>;
}

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
  /** Keeps the next version of a script; its number is one more than that of the last. */
  addVersion(
    tenant: string,
    version: Omit<ScriptVersion, 'version' | 'createdAt'>,
  ): Promise<ScriptVersion>;
  version(tenant: string, scriptId: string, version: number): Promise<ScriptVersion | null>;
  latestVersion(tenant: string, scriptId: string): Promise<ScriptVersion | null>;
  /** Newest first, without text and analysis. */
  versions(
    tenant: string,
    scriptId: string,
    page: PageRequest,
  ): Promise<Page<Omit<ScriptVersion, 'text' | 'config' | 'analysis'>>>;
}

/** What lines of the audit are asked for; null, or left out: whichever. */
export interface AuditFilter extends Partial<TimeSpan> {
  /** The thing, as in `task/3f2a…`, or its kind, as in `task`. */
  target?: string | null;
  /** Name of who did it. */
  actor?: string | null;
  /** The action, as in `task.edit`, or its kind, as in `task`. */
  action?: string | null;
}

/** What DataArts' clients sent of a collection task, and where it belongs. */
export interface DataArtsTask {
  taskId: string;
  project: string;
  workspace: string;
  directory: string;
  /** Name of whoever made it, read as it is searched for: whatever the case. */
  creator: string;
  dataSourceType: string;
  connectionId: string | null;
  bucket: string | null;
  /** JSON as it is to be read again. */
  sent: string;
  /** What of the scheduling task was made of it. */
  made: MadeOfBody;
}

/** Null: it does not matter. */
export interface DataArtsFilter {
  project: string;
  workspace: string;
  /** Parts of names, whatever the case. */
  name: string | null;
  creator: string | null;
  dataSourceType: string | null;
  connectionId: string | null;
  directory: string | null;
  bucket: string | null;
  /** First and last moment at which they were made, ISO 8601 in UTC. */
  from: string | null;
  to: string | null;
}

export interface DataArtsTaskStore {
  /** Writes the row of a task, in place of the one that there is. */
  put(tenant: string, task: DataArtsTask): Promise<void>;
  /** Also of a task that was removed. */
  find(tenant: string, taskId: string): Promise<DataArtsTask | null>;
  remove(tenant: string, taskId: string): Promise<void>;
  /**
   * Live tasks, newest first.
   * @returns a part of them, how many there are in all, and how many in the whole project
   */
  search(
    tenant: string,
    filter: DataArtsFilter,
    part: { offset: number; limit: number },
  ): Promise<{ items: { row: DataArtsTask; task: TaskView }[]; count: number; inProject: number }>;
}

export interface AuditStore {
  write(
    tenant: string,
    entry: { actor: string; action: string; target: string; detail: Record<string, unknown> },
  ): Promise<void>;
  /** All of them, in their order, or none. */
  writeAll(tenant: string, entries: Parameters<AuditStore['write']>[1][]): Promise<void>;
  list(tenant: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
}

/** Answers of POST requests that carried an `Idempotency-Key`, kept for 24 hours. */
export interface IdempotencyStore {
  /**
   * Claims a key for a request. `fresh`: it is yours, answer it and then `finish`;
   * `done`: the answer that was given; `other`: it was used for a request with another digest;
   * `running`: the first request is still under way (claims older than a minute count as free).
   */
  claim(
    tenant: string,
    key: string,
    requestDigest: string,
  ): Promise<
    | { state: 'fresh' }
    | { state: 'done'; status: number; body: unknown }
    | { state: 'other' }
    | { state: 'running' }
  >;
  finish(tenant: string, key: string, status: number, body: unknown): Promise<void>;
  /** Gives the key free again, where the request failed in a way that a retry may mend. */
  release(tenant: string, key: string): Promise<void>;
}

export interface ChangeListener {
  /** What transactions have changed, in the order in which they were committed. */
  onChanges(tenant: string, changes: Change[]): void;
  /** Changes may have been missed until now. */
  onGap(): void;
}

export interface ChangeStore {
  /**
   * Hears of all that any process changes, by a connection of its own that is made at the first call
   * and made again when it is lost.
   * @returns what ends it
   */
  listen(listener: ChangeListener): () => void;
}

/** Rows of each kind, by number. */
export interface Pruned {
  ledger: number;
  records: number;
  /** Lines in the logs of runs, those of deleted records among them. */
  logs: number;
  audit: number;
  /** Rows of backfills and their plans. */
  backfills: number;
}

/** Records of a task that stay, as others will ask for them: of these schedule times and later ones. */
export interface NeededRecords {
  tenant: string;
  taskId: string;
  /** ISO 8601 in UTC. */
  since: string;
}

export interface RetentionStore {
  /**
   * Deletes rows of all tenants that are older than the time of their kind, oldest first; null
   * leaves a kind alone. Records go by the end of their run, with their logs; the newest record of
   * each task and that of its newest instance stay.
   * @param batch most rows of each kind
   * @param needed records that stay too, one entry a task
   * @returns how many went; all 0 where nothing is left to delete
   */
  prune(
    limits: Record<keyof Pruned, Date | null>,
    batch: number,
    needed: readonly NeededRecords[],
  ): Promise<Pruned>;
}
