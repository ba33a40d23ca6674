/** Rows as kysely sees them. All lie in the schema `tablegate`; times are ISO texts in UTC. */
import { CompiledQuery, Kysely, PostgresDialect, type ColumnType, type Generated } from 'kysely';
import type { Transaction } from 'kysely';
import type {
  BackfillStatus,
  BackfillView,
  CellAction,
  CellState,
  ExistingChoice,
} from '../model/backfill';
import type { ColumnNote, VersionEvent } from '../model/catalogue/catalogue';
import type { ColumnClassification } from '../model/catalogue/classify-schema';
import type { TableDefinition, TableFacts, TableKind } from '../model/catalogue/collected';
import type { TableProfile } from '../model/catalogue/profile';
import type { MadeOfBody } from '../model/dataarts/shown-task';
import type { Role } from '../model/people';
import type { RunStarter, RunStatus, RunProgress, TableDetail, LogLine } from '../model/run';
import type { ProjectMode } from '../model/project';
import type {
  Environment,
  ScheduleType,
  ScriptAnalysis,
  ScriptConfig,
  ScriptOrigin,
} from '../model/script-object';
import type { IdMapping } from '../model/source';
import type { TaskKind } from '../model/task';
import type { LatestStatus } from '../model/task-list';
import type { TriggerOutcome } from '../model/trigger';
import type { Connections } from './connections';
import { isCollision, storeUnavailable } from './errors';
import type { StoredTaskView } from './task-view';

/** The schema of all our tables: a user's own database may hold others. */
export const schemaName = 'tablegate';

/** Stored as the text that was saved, so that the order of its keys stays. */
type Json<Value> = ColumnType<Value, string, string>;

export interface Tables {
  counters: { name: string; value: string };
  tasks: {
    tenant: string;
    id: string;
    number: string;
    environment: string;
    name: string;
    folded_name: string;
    kind: TaskKind;
    tables: string[];
    connections: string[];
    reads: string[];
    writes: string[];
    depends_on: string[];
    view: Json<StoredTaskView>;
    revision: string;
    created_at: string;
    removed_at: string | null;
    latest_status: LatestStatus;
    paused: boolean;
    /** `key` and `key=value` of each. */
    tags: string[];
    /** Of the latest and the next run; what has none is long ago, or far ahead. */
    by_latest_run: string;
    by_next_run: string;
    /** Null: none of its gates is open. */
    waiting_since: string | null;
    /** Where it comes from; null: it was made here. */
    import_source: string | null;
    external_id: string | null;
  };
  installation: { name: string; value: string };
  outputs: {
    tenant: string;
    target: string;
    table_name: string;
    connection: string;
    task_id: string;
    reserved_at: Generated<string>;
  };
  ledger: {
    tenant: string;
    task_id: string;
    receipt: string;
    table_name: string;
    at: string;
    caller: string;
    outcome: TriggerOutcome;
    reason: string | null;
    schedule_time: string | null;
    run_id: string | null;
    applied_by: string | null;
    applied_at: string | null;
    version: string;
  };
  runs: {
    tenant: string;
    id: string;
    task_id: string;
    status: RunStatus;
    started_by: RunStarter;
    started_by_user: string | null;
    schedule_time: string | null;
    attempt: number;
    tries: number;
    queued_at: string;
    started_at: string | null;
    finished_at: string | null;
    progress: Json<RunProgress> | null;
    failure_reason: string | null;
    failure_cause: string | null;
    tables: Json<TableDetail[]>;
    summary: Json<Record<string, unknown>> | null;
    version: string;
    number: Generated<string>;
  };
  run_log: {
    tenant: string;
    run_id: string;
    seq: Generated<string>;
    at: string;
    level: LogLine['level'];
    line: string;
  };
  backfills: {
    /** A number that no other backfill has, of whatever tenant. */
    nr: Generated<string>;
    tenant: string;
    id: string;
    status: BackfillStatus;
    started_by: BackfillView['startedBy'];
    started_by_user: string;
    task_ids: string[];
    downstream: BackfillView['downstream'];
    existing: ExistingChoice;
    concurrency: number;
    count: number;
    created_at: Generated<string>;
    finished_at: string | null;
    resumed_at: Generated<string>;
    /** Cells that have ended since `resumed_at`. */
    ended_since: Generated<number>;
  };
  backfill_cells: {
    /** Grows with its place in the plan. */
    cell: string;
    /** `nr` of its backfill. */
    backfill: string;
    tenant: string;
    task_id: string;
    schedule_time: string;
    action: CellAction;
    /** As it was planned; `end_reason` comes with the end. */
    reason: string | null;
    state: CellState;
    /** How many of the cells that it needs have not succeeded yet. */
    waits_for: number;
    /** Of the cells that need it, by number, the last that was told how it ended; null: all were. */
    told_to: string | null;
    /** The run that ended it last; it stays over a retry. */
    run_id: string | null;
    end_reason: string | null;
    /** The backfill that handed it out (another one where the two are joined), and its step. */
    taken_by: string | null;
    taken_step: number | null;
    taken_at: string | null;
    /** Handed out, to wait in its task until a slot is free there; with `running` only. */
    ahead: Generated<boolean>;
    /** When it was handed out last: it may be more than once. */
    asked_at: string | null;
    ended_at: string | null;
  };
  backfill_needs: { needed: string; cell: string };
  backfill_counts: { backfill: string; state: CellState; cells: number };
  tokens: {
    tenant: string;
    task_id: string;
    table_name: string;
    version: number;
    digest: string;
    revoked: boolean;
    last_used_at: string | null;
    last_caller: string | null;
  };
  tenants: { id: string; name: string; created_at: Generated<string> };
  users: {
    tenant: string;
    id: string;
    name: string;
    role: Role;
    account: string | null;
    identity_triggers: Generated<boolean>;
    created_at: Generated<string>;
  };
  keys: {
    tenant: string;
    id: string;
    user_id: string;
    name: string;
    prefix: string;
    digest: string;
    created_at: Generated<string>;
    last_used_at: string | null;
  };
  resource_groups: {
    tenant: string;
    name: string;
    task_queue: string;
    created_at: Generated<string>;
  };
  signature_nonces: { access_key: string; nonce: string; expires_at: string };
  access_keys: {
    tenant: string;
    id: string;
    user_id: string;
    name: string;
    /** Sealed. */
    secret: string;
    created_at: Generated<string>;
    last_used_at: string | null;
  };
  sessions: {
    digest: string;
    tenant: string;
    key_id: string;
    created_at: Generated<string>;
    last_used_at: Generated<string>;
  };
  sign_in_codes: { digest: string; tenant: string; key_id: string; expires_at: string };
  grants: { tenant: string; user_id: string; connection: string; read: boolean; write: boolean };
  connections: {
    tenant: string;
    name: string;
    type: string;
    config: Json<Record<string, unknown>>;
    secrets: string | null;
    created_at: Generated<string>;
    updated_at: Generated<string>;
  };
  registered_tables: {
    tenant: string;
    name: string;
    connection: string;
    schema_name: string;
    table_name: string;
    folded_name: string;
    id_mapping: Json<IdMapping> | null;
    created_at: Generated<string>;
    updated_at: Generated<string>;
  };
  catalog_tables: {
    tenant: string;
    name: string;
    connection: string;
    schema_name: string;
    table_name: string;
    folded_table: string;
    kind: TableKind;
    comment: string | null;
    column_count: number;
    version: number;
    /** Of the definition: tells whether it has changed. */
    digest: string;
    definition: Json<TableDefinition>;
    facts: Json<TableFacts>;
    profile: Json<TableProfile> | null;
    /** By the names of the columns. */
    classes: Json<Record<string, ColumnClassification[]>>;
    class_names: string[];
    description: string | null;
    owner: string | null;
    tags: string[];
    /** By the names of the columns. */
    column_notes: Json<Record<string, ColumnNote>>;
    first_seen_at: Generated<string>;
    version_at: Generated<string>;
    collected_at: Generated<string>;
    deleted_at: string | null;
  };
  catalog_versions: {
    tenant: string;
    name: string;
    version: number;
    event: VersionEvent;
    at: Generated<string>;
    task_id: string | null;
    run_id: string | null;
    definition: Json<TableDefinition>;
  };
  catalog_search: {
    tenant: string;
    name: string;
    collected: string;
    classes: string;
    people: string;
    document: string;
  };
  projects: {
    tenant: string;
    id: string;
    name: string;
    folded_name: string;
    mode: ProjectMode;
    created_at: Generated<string>;
  };
  workspaces: {
    tenant: string;
    project: string;
    id: string;
    name: string;
    created_at: Generated<string>;
  };
  project_members: {
    tenant: string;
    project: string;
    user_id: string;
    added_at: Generated<string>;
  };
  directories: {
    tenant: string;
    project: string;
    id: string;
    /** `0` is the root of the project. */
    parent: string;
    name: string;
    created_at: Generated<string>;
  };
  scripts: {
    tenant: string;
    id: string;
    number: string;
    project: string;
    /** `0` is the root of the project. */
    directory: string;
    name: string;
    folded_name: string;
    environment: Environment;
    schedule_type: ScheduleType;
    origin: Json<ScriptOrigin>;
    text: string;
    config: Json<ScriptConfig>;
    /** Of text and settings, to tell whether the draft differs from what was submitted. */
    draft_digest: string;
    revision: Generated<string>;
    submitted_version: number | null;
    submitted_digest: string | null;
    published_version: number | null;
    dev_task: string | null;
    prod_task: string | null;
    created_by: string;
    created_at: Generated<string>;
    updated_by: string;
    updated_at: Generated<string>;
    /** When it came into production; null: it is not there. */
    published_at: string | null;
  };
  script_versions: {
    tenant: string;
    script_id: string;
    version: number;
    text: string;
    config: Json<ScriptConfig | null>;
    analysis: Json<ScriptAnalysis>;
    remarks: string;
    author: string;
    author_name: string;
    created_at: Generated<string>;
  };
  dataarts_tasks: {
    tenant: string;
    task_id: string;
    project: string;
    workspace: string;
    directory: string;
    /** Folded. */
    creator: string;
    data_source_type: string;
    connection_id: string | null;
    bucket: string | null;
    sent: string;
    made: Json<MadeOfBody>;
  };
  audit: {
    id: Generated<string>;
    tenant: string;
    at: Generated<string>;
    actor: string;
    action: string;
    target: string;
    detail: Json<Record<string, unknown>>;
  };
  idempotency: {
    tenant: string;
    key: string;
    request_digest: string;
    claim_id: string;
    claimed_at: string;
    status: number | null;
    body: Json<unknown> | null;
  };
}

export type Database = Kysely<Tables>;

/** The query builder over a pool. */
export function openDatabase(connections: Connections): Database {
  const dialect = new PostgresDialect({ pool: connections });
  return new Kysely<Tables>({ dialect }).withSchema(schemaName);
}

/** The tasks of a tenant that have not been removed. */
export function liveTasks(db: Database, tenant: string) {
  return db.selectFrom('tasks').where('tenant', '=', tenant).where('removed_at', 'is', null);
}

/** How often a transaction is run that others got in the way of. */
const maxTries = 5;

/**
 * Runs `work` in one transaction, again where another transaction made PostgreSQL undo it.
 * @throws TablegateError storeUnavailable where that happens time after time
 */
export async function transact<Result>(
  db: Database,
  work: (transaction: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!isCollision(error)) throw error;
      if (tries === maxTries) throw storeUnavailable('too many write at once', error, null);
    }
  }
}

/** Holds a lock of that name until the transaction ends; waits for who has it. */
export async function lock(transaction: Transaction<Tables>, ...name: string[]): Promise<void> {
  await lockAll(transaction, [name]);
}

/** Holds locks of all these names, taken in one order so that two who take several cannot wait for each other. */
export async function lockAll(
  transaction: Transaction<Tables>,
  names: readonly (readonly string[])[],
): Promise<void> {
  const texts = names.map((name) => JSON.stringify([schemaName, ...name])).sort();
  await transaction.executeQuery(
    CompiledQuery.raw(
      'select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) as name',
      [texts],
    ),
  );
}
